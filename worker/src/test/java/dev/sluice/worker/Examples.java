package dev.sluice.worker;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of docs/api/examples and the comparison of messages with them. */
public final class Examples {
    private static final Path FOLDER = Path.of("..", "docs", "api", "examples");

    private Examples() {}

    public static JsonObject read(String name) {
        try (Reader file = Files.newBufferedReader(FOLDER.resolve(name));
                JsonReader json = Json.createReader(file)) {
            return json.readObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static JsonObject parse(String text) {
        try (JsonReader json = Json.createReader(new StringReader(text))) {
            return json.readObject();
        }
    }

    /** Same members and JSON types, at every depth; null stands for any type. */
    public static void assertSameShape(JsonObject actual, JsonObject example) {
        assertThat(actual.keySet()).isEqualTo(example.keySet());
        example.forEach((name, wanted) -> {
            JsonValue value = actual.get(name);
            if (value == null
                    || value.getValueType() == JsonValue.ValueType.NULL
                    || wanted.getValueType() == JsonValue.ValueType.NULL) {
                return;
            }
            assertThat(kind(value)).as(name).isEqualTo(kind(wanted));
            if (value instanceof JsonObject inner) {
                assertSameShape(inner, wanted.asJsonObject());
            }
        });
    }

    private static String kind(JsonValue value) {
        return switch (value.getValueType()) {
            case TRUE, FALSE -> "BOOLEAN";
            default -> value.getValueType().name();
        };
    }
}
