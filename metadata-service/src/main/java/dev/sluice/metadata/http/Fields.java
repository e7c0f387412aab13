package dev.sluice.metadata.http;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The members of a received JSON object, read strictly: what is missing or of another type is a bad request. Unknown members are ignored. */
public record Fields(JsonObject json) {
    public String text(String name, int maxLength) {
        return maybeText(name, maxLength)
                .filter(text -> !text.isEmpty())
                .orElseThrow(() -> wrong(name, "a text of 1 to " + maxLength + " characters"));
    }

    public Optional<String> maybeText(String name, int maxLength) {
        Optional<JsonValue> value = value(name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (value.get() instanceof JsonString text && text.getString().length() <= maxLength) {
            return Optional.of(text.getString());
        }
        throw wrong(name, "a text of at most " + maxLength + " characters");
    }

    /** At most the first {@code kept} characters of a text. */
    public Optional<String> maybeStart(String name, int kept) {
        return maybeText(name, Integer.MAX_VALUE).map(text -> {
            int to = Math.min(text.length(), kept);
            boolean split = to < text.length() && Character.isLowSurrogate(text.charAt(to));
            return storable(text.substring(0, split ? to - 1 : to));
        });
    }

    /** At most the last {@code kept} characters of a text. */
    public Optional<String> maybeEnd(String name, int kept) {
        return maybeText(name, Integer.MAX_VALUE).map(text -> {
            int from = Math.max(0, text.length() - kept);
            boolean split = from > 0 && Character.isLowSurrogate(text.charAt(from));
            return storable(text.substring(split ? from + 1 : from));
        });
    }

    /** Databases end a text at its first NUL, or refuse it. */
    private static String storable(String text) {
        return text.replace('\0', '\uFFFD');
    }

    public long number(String name, long min, long max) {
        return maybeNumber(name, min, max).orElseThrow(() -> wrong(name, "a whole number"));
    }

    public Optional<Long> maybeNumber(String name, long min, long max) {
        Optional<JsonValue> value = value(name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (value.get() instanceof JsonNumber number && number.isIntegral()) {
            try {
                long exact = number.longValueExact();
                if (exact >= min && exact <= max) {
                    return Optional.of(exact);
                }
            } catch (ArithmeticException e) {
                throw wrong(name, "a whole number of 64 bits");
            }
        }
        throw wrong(name, "a whole number from " + min + " to " + max);
    }

    /** False when absent. */
    public boolean flag(String name) {
        JsonValue value = value(name).orElse(JsonValue.FALSE);
        return switch (value.getValueType()) {
            case TRUE -> true;
            case FALSE -> false;
            default -> throw wrong(name, "true or false");
        };
    }

    public Optional<JsonObject> maybeObject(String name) {
        Optional<JsonValue> value = value(name);
        if (value.isPresent() && !(value.get() instanceof JsonObject)) {
            throw wrong(name, "an object");
        }
        return value.map(JsonValue::asJsonObject);
    }

    /** Empty when absent. */
    public List<String> texts(String name, int maxSize, int maxLength) {
        JsonValue value = value(name).orElse(JsonValue.EMPTY_JSON_ARRAY);
        if (!(value instanceof JsonArray array) || array.size() > maxSize) {
            throw wrong(name, "a list of at most " + maxSize + " texts");
        }
        List<String> texts = new ArrayList<>();
        for (JsonValue element : array) {
            if (!(element instanceof JsonString text) || text.getString().length() > maxLength) {
                throw wrong(name, "a list of texts of at most " + maxLength + " characters");
            }
            texts.add(text.getString());
        }
        return texts;
    }

    public List<Fields> objects(String name, int maxSize) {
        JsonValue value = value(name).orElse(JsonValue.EMPTY_JSON_ARRAY);
        if (!(value instanceof JsonArray array)
                || array.size() > maxSize
                || !array.stream().allMatch(JsonObject.class::isInstance)) {
            throw wrong(name, "a list of at most " + maxSize + " objects");
        }
        return array.stream().map(element -> new Fields(element.asJsonObject())).toList();
    }

    private Optional<JsonValue> value(String name) {
        return Optional.ofNullable(json.get(name)).filter(value -> !value.equals(JsonValue.NULL));
    }

    private static ProblemException wrong(String name, String wanted) {
        return ProblemException.badRequest("\"" + name + "\" must be " + wanted + ".");
    }
}
