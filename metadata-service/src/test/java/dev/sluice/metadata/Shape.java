package dev.sluice.metadata;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.json.JsonValue.ValueType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;

/** The members and types of a JSON object, to compare what we write with docs/api/examples. */
public final class Shape {
    private static final Path EXAMPLES = Path.of("..", "docs", "api", "examples");

    private Shape() {}

    public static JsonObject example(String file) throws IOException {
        return Protocol.json(Files.readString(EXAMPLES.resolve(file)));
    }

    /** Members with their types in alphabetical order; whatever is null in either one fits anything. */
    public static String of(JsonObject json, JsonObject other) {
        TreeMap<String, String> shape = new TreeMap<>();
        json.forEach((name, value) -> shape.put(name, of(value, other.getOrDefault(name, JsonValue.NULL))));
        return shape.toString();
    }

    private static String of(JsonValue value, JsonValue other) {
        if (value.getValueType() == ValueType.NULL || other.getValueType() == ValueType.NULL) {
            return "any";
        }
        if (value instanceof JsonObject object && other instanceof JsonObject otherObject) {
            return of(object, otherObject);
        }
        if (value instanceof JsonArray array && other instanceof JsonArray otherArray) {
            return array.isEmpty() || otherArray.isEmpty() ? "[]" : '[' + of(array.get(0), otherArray.get(0)) + ']';
        }
        boolean flag = value.getValueType() == ValueType.TRUE || value.getValueType() == ValueType.FALSE;
        return flag ? "BOOLEAN" : value.getValueType().toString();
    }
}
