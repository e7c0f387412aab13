package dev.sluice.it;

import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Set;

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
        Await.until(prefix + " are " + List.of(wanted), Times.SETTLED, () -> {
            List<String> states = states();
            return states.size() == count && Set.of(wanted).containsAll(states);
        });
    }
}
