package dev.sluice.it.hostile;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the placeholders of rows stand for. */
record Words(Map<String, String> words) {
    /** Stands for the length of what follows the head. */
    static final String LENGTH = "@length@";

    /** Begins the path or the file name of every second request. */
    static final String SMUGGLED = "smuggled-";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]*)}");
    private static final Pattern REPEAT = Pattern.compile("repeat (\\d+) (.+)");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:x([0-9a-f]{2})|([rn\\\\]))");
    private static final String HEAD_END = "\r\n\r\n";

    Words {
        words = Map.copyOf(words);
    }

    /** Adds what differs from request to request: a name of its own, and a second request that must never run. */
    Words forRequest(String tag) {
        Map<String, String> all = new HashMap<>(words);
        String get = "GET /" + SMUGGLED + tag + " HTTP/1.1\r\nHost: sluice\r\nAuthorization: Bearer " + words.get("key")
                + HEAD_END;
        String put = "PUT /upload/" + SMUGGLED + tag + " HTTP/1.1\r\nHost: sluice\r\nAuthorization: Bearer "
                + words.get("key") + "\r\nContent-Length: 8" + HEAD_END + "smuggled";
        all.put("name", tag);
        all.put("inner-get", get);
        all.put("inner", get + put);
        all.put("inner-length", Integer.toString(get.length() + put.length()));
        all.put("inner-hex", Integer.toHexString(get.length() + put.length()));
        return new Words(all);
    }

    byte[] bytes(String text) {
        String filled = filled(text);
        int headEnd = filled.indexOf(HEAD_END);
        if (filled.contains(LENGTH)) {
            filled = filled.replace(LENGTH, Integer.toString(filled.length() - headEnd - HEAD_END.length()));
        }
        return filled.getBytes(StandardCharsets.ISO_8859_1);
    }

    String filled(String text) {
        String placed = PLACEHOLDER.matcher(text).replaceAll(match -> Matcher.quoteReplacement(placed(match.group(1))));
        return ESCAPE.matcher(placed).replaceAll(match -> Matcher.quoteReplacement(escaped(match)));
    }

    private String placed(String placeholder) {
        Matcher repeat = REPEAT.matcher(placeholder);
        if (repeat.matches()) {
            return repeat.group(2).repeat(Integer.parseInt(repeat.group(1)));
        }
        String word = words.get(placeholder);
        if (word == null) {
            throw new IllegalArgumentException("no such placeholder: " + placeholder);
        }
        return word;
    }

    private static String escaped(java.util.regex.MatchResult match) {
        if (match.group(1) != null) {
            return Character.toString(Integer.parseInt(match.group(1), 16));
        }
        return switch (match.group(2)) {
            case "r" -> "\r";
            case "n" -> "\n";
            default -> "\\";
        };
    }
}
