package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import jakarta.json.JsonObject;
import java.util.List;

/** The rows of uploads whose file names begin alike. */
record Rows(Stack stack, String prefix) {
    List<JsonObject> all() {
        return Api.of(stack).uploads().stream()
                .filter(row -> row.getString("filename", "").startsWith(prefix))
                .toList();
    }

    List<String> keys() {
        return all().stream().map(row -> row.getString("key")).toList();
    }

    List<String> ids() {
        return all().stream().map(row -> row.getString("upload_id")).toList();
    }

    List<String> states() {
        return all().stream().map(row -> row.getString("state")).toList();
    }

    /** Waits until there are so many and each is in one of the states. */
    void await(int count, String... wanted) {
        Await.holds(Times.SETTLED, () -> assertThat(all())
                .as("%d rows %s, each %s", count, prefix, List.of(wanted))
                .hasSize(count)
                .allSatisfy(row -> assertThat(row.getString("state")).isIn((Object[]) wanted)));
    }
}
