package dev.sluice.gateway.upload;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the client's name for a file, strictly: what is doubtful is no name. */
final class FileNames {
    private static final int LONGEST = 255;
    private static final Pattern BIDI = Pattern.compile("[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]");
    private static final Pattern EXTENDED = Pattern.compile("(?i);\\s*filename\\*\\s*=\\s*UTF-8'[^']*'([^;\\s]*)");
    private static final Pattern PLAIN = Pattern.compile("(?i);\\s*filename\\s*=\\s*");
    private static final Pattern TOKEN = Pattern.compile("[^;\\s\"]+");

    private FileNames() {}

    /** Decodes a raw segment of a path, once. */
    static Optional<String> decode(String raw) {
        return percentDecode(raw).filter(FileNames::plain);
    }

    /** Takes {@code filename*} or {@code filename} of a Content-Disposition; empty when neither is there. */
    static Optional<String> ofDisposition(String value) throws RefusedException {
        Matcher extended = EXTENDED.matcher(value);
        if (extended.find()) {
            return Optional.of(decode(extended.group(1)).orElseThrow(FileNames::refused));
        }
        Matcher plain = PLAIN.matcher(value);
        if (!plain.find()) {
            return Optional.empty();
        }
        String rest = value.substring(plain.end());
        Optional<String> name = rest.startsWith("\"") ? quoted(rest) : token(rest);
        return Optional.of(name.filter(FileNames::plain).orElseThrow(FileNames::refused));
    }

    private static Optional<String> token(String rest) {
        Matcher token = TOKEN.matcher(rest);
        return token.lookingAt() ? Optional.of(token.group()) : Optional.empty();
    }

    /** A loop: a pattern for escapes would recurse as deep as the text is long. */
    private static Optional<String> quoted(String rest) {
        StringBuilder name = new StringBuilder();
        for (int i = 1; i < rest.length(); i++) {
            char character = rest.charAt(i);
            if (character == '"') {
                return Optional.of(name.toString());
            }
            if (character == '\\' && ++i == rest.length()) {
                break;
            }
            name.append(rest.charAt(i));
        }
        return Optional.empty();
    }

    static RefusedException refused() {
        return RefusedException.badRequest("The file name must be 1 to 255 characters of valid UTF-8, without control "
                + "or direction characters and without a slash.");
    }

    private static boolean plain(String name) {
        boolean words = name.codePoints().noneMatch(FileNames::forbidden);
        return words
                && !name.isEmpty()
                && name.length() <= LONGEST
                && !name.equals(".")
                && !name.equals("..")
                && !BIDI.matcher(name).find();
    }

    private static boolean forbidden(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                true;
            default -> character == '/' || character == '\uFFFD';
        };
    }

    private static Optional<String> percentDecode(String raw) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char character = raw.charAt(i);
            if (character != '%') {
                if (character > 0x7e) {
                    return Optional.empty();
                }
                bytes.write(character);
                continue;
            }
            if (i + 2 >= raw.length() || !hex(raw.charAt(i + 1)) || !hex(raw.charAt(i + 2))) {
                return Optional.empty();
            }
            bytes.write(Integer.parseInt(raw, i + 1, i + 3, 16));
            i += 2;
        }
        return utf8(bytes.toByteArray());
    }

    private static boolean hex(char character) {
        return Character.digit(character, 16) >= 0 && character < 0x80;
    }

    private static Optional<String> utf8(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
