package dev.sluice.gateway.metadata;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A message to the metadata service while it is written down: an HTTP/1.1 request with JSON in it. Belongs to one thread. */
final class Message {
    private final StringBuilder head = new StringBuilder(512);
    private final byte[] body;

    Message(String method, String path, String json) {
        body = json.getBytes(StandardCharsets.UTF_8);
        head.append(method).append(' ').append(path).append(" HTTP/1.1\r\n");
        header("Content-Type", "application/json");
        header("Content-Length", Integer.toString(body.length));
    }

    /** Adds a header, whose value is ASCII. */
    Message header(String name, String value) {
        if (value.chars().anyMatch(character -> character < ' ' || character > '~')) {
            throw new IllegalArgumentException("not a header's value: " + name);
        }
        head.append(name).append(": ").append(value).append("\r\n");
        return this;
    }

    /** As it is sent. */
    ByteBuffer[] bytes() {
        byte[] text = (head + "\r\n").getBytes(StandardCharsets.US_ASCII);
        return new ByteBuffer[] {ByteBuffer.wrap(text), ByteBuffer.wrap(body)};
    }
}
