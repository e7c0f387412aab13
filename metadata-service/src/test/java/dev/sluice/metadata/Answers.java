package dev.sluice.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.http.JsonIo;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;

/** What an answer must be like. */
public final class Answers {
    private Answers() {}

    public static JsonObject json(HttpResponse<String> response, int status) {
        assertThat(response.statusCode())
                .as(response.request().uri() + " " + response.body())
                .isEqualTo(status);
        return JsonIo.parse(response.body());
    }

    public static JsonObject problem(HttpResponse<String> response, int status, String code) {
        JsonObject problem = json(response, status);
        assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(problem.getString("code")).isEqualTo(code);
        assertThat(Examples.shape(Examples.read("problem.json"))).containsAll(Examples.shape(problem));
        return problem;
    }

    public static void assertShape(JsonObject json, String example) throws IOException {
        assertShape(json, Shape.example(example));
    }

    public static void assertShape(JsonObject json, JsonObject example) {
        assertThat(Shape.of(json, example)).isEqualTo(Shape.of(example, json));
    }
}
