package dev.sluice.metadata;

import dev.sluice.metadata.http.JsonIo;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** The example messages of docs/api and what it means to be written like one. */
public final class Examples {
    private Examples() {}

    public static JsonObject read(String name) {
        try {
            return JsonIo.parse(Files.readString(Path.of("..", "docs", "api", "examples", name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The members of all objects with their JSON types; null fits any type and is left open. */
    public static Set<String> shape(JsonValue value) {
        Set<String> shape = new TreeSet<>();
        collect("", value, shape);
        return shape;
    }

    private static void collect(String path, JsonValue value, Set<String> shape) {
        switch (value.getValueType()) {
            case OBJECT ->
                value.asJsonObject().forEach((name, member) -> {
                    shape.add(path + '/' + name);
                    collect(path + '/' + name, member, shape);
                });
            case ARRAY -> value.asJsonArray().forEach(member -> collect(path + "/*", member, shape));
            default -> shape.add(path);
        }
    }
}
