package dev.sluice.it.hostile;

import dev.sluice.it.hostile.Row.Door;
import dev.sluice.it.hostile.Row.Piece;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the rows of a file; {@code resources/hostile/README.md} says how they are written. One char is one byte. */
final class Table {
    private static final String HOST = "\r\nHost: sluice\r\n";

    private final List<Row> rows = new ArrayList<>();
    private String name = "";
    private final Map<Door, Expected> doors = new EnumMap<>(Door.class);
    private final List<Piece> pieces = new ArrayList<>();
    private final List<String> headers = new ArrayList<>();
    private final List<String> hidden = new ArrayList<>();
    private Optional<String> requestLine = Optional.empty();
    private String body = "";
    private boolean cut;

    private Table() {}

    static Stream<Row> read(String file) {
        try (InputStream in = Table.class.getResourceAsStream("/hostile/" + file)) {
            if (in == null) {
                throw new IllegalArgumentException(file);
            }
            Table table = new Table();
            new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).lines().forEach(table::line);
            table.endRow();
            return table.rows.stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void line(String line) {
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        int space = line.indexOf(' ');
        String word = space < 0 ? line : line.substring(0, space);
        String rest = space < 0 ? "" : line.substring(space + 1);
        switch (word) {
            case "==" -> {
                endRow();
                name = rest;
            }
            case "nginx:", "gateway:", "metadata:" ->
                doors.put(
                        Door.valueOf(word.substring(0, word.length() - 1).toUpperCase(Locale.ROOT)),
                        Expected.parse(rest));
            case ">" -> pieces.add(new Piece(rest.endsWith("\\") ? chop(rest) : rest + "\r\n", false));
            case "~" -> pieces.add(new Piece(rest, true));
            case "+" -> headers.add(rest);
            case "ask:" -> requestLine = Optional.of(rest);
            case "put:" -> {
                requestLine = Optional.of("PUT /upload/" + rest);
                body = "hello";
            }
            case "json:" -> {
                requestLine = Optional.of("POST /upload-complete");
                body = rest;
            }
            case "hides:" -> hidden.add(rest);
            case "cut" -> cut = true;
            default -> throw new IllegalArgumentException(name + ": " + line);
        }
    }

    private void endRow() {
        if (name.isEmpty()) {
            return;
        }
        requestLine.ifPresent(line -> pieces.addFirst(new Piece(request(line), false)));
        if (doors.isEmpty() || pieces.isEmpty()) {
            throw new IllegalArgumentException(name + ": nothing is sent or nothing is expected");
        }
        rows.add(new Row(name, new EnumMap<>(doors), List.copyOf(pieces), cut, List.copyOf(hidden)));
        doors.clear();
        pieces.clear();
        headers.clear();
        hidden.clear();
        requestLine = Optional.empty();
        body = "";
        cut = false;
    }

    /** A well-formed request but for what the row says; its length is put in when the placeholders of the body are filled in. */
    private String request(String line) {
        StringBuilder head = new StringBuilder(line).append(" HTTP/1.1").append(HOST);
        if (headers.stream().noneMatch(header -> header.startsWith("Authorization:"))) {
            head.append("Authorization: Bearer ${key}\r\n");
        }
        headers.forEach(header -> head.append(header).append("\r\n"));
        if (!body.isEmpty()) {
            head.append("Content-Length: ").append(Words.LENGTH).append("\r\n");
        }
        return head.append("\r\n").append(body).toString();
    }

    private static String chop(String text) {
        return text.substring(0, text.length() - 1);
    }
}
