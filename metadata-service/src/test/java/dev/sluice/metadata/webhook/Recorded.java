package dev.sluice.metadata.webhook;

import dev.sluice.metadata.Protocol;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A request as a real MinIO sent it (src/test/resources/minio), head and body to the byte; only its path is another. */
record Recorded(List<String> head, String body) {
    static Recorded read(String name) throws IOException {
        try (InputStream in = Recorded.class.getResourceAsStream("/minio/" + name + ".json")) {
            if (in == null) {
                throw new IOException("no recorded request " + name);
            }
            JsonObject json = Protocol.json(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            List<String> head = json.getJsonArray("headers").getValuesAs(JsonArray.class).stream()
                    .map(header -> header.getString(0) + ": " + header.getString(1))
                    .toList();
            // Go's way of writing JSON
            String body = json.getJsonObject("body").toString().replace("&", "\\u0026");
            return new Recorded(head, body);
        }
    }

    /** Returns the answer's status line, head and body. */
    String post(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String request =
                    "POST /upload-complete/minio?src=minio HTTP/1.1\r\n" + String.join("\r\n", head) + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            socket.setSoTimeout(20_000);
            StringBuilder answer = new StringBuilder();
            while (!answer.toString().endsWith("}\n")) {
                int next = socket.getInputStream().read();
                if (next < 0) {
                    break;
                }
                answer.append((char) next);
            }
            return answer.toString();
        }
    }
}
