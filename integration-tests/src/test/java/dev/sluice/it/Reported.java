package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.CallbackReceiver.Received;
import dev.sluice.it.stack.Stack;
import jakarta.json.JsonObject;
import java.util.List;

/** What became of an object that nobody announced: the rows of its key. */
record Reported(Stack stack, String key) {
    List<JsonObject> rows() {
        return Api.of(stack).uploads().stream()
                .filter(row -> row.getString("key").equals(key))
                .toList();
    }

    List<String> ids() {
        return rows().stream().map(row -> row.getString("upload_id")).toList();
    }

    /** Waits until the one row, its jobs and its callbacks have their ends; it must have been completed, and that once. */
    JsonObject completed() {
        assertThat(ids()).as(key).hasSize(1);
        return completed(stack, ids().getFirst());
    }

    static JsonObject completed(Stack stack, String id) {
        Api api = Api.of(stack);
        JsonObject row = api.awaitSettled(id);
        assertThat(row.getString("state")).as("%s", row).isEqualTo("completed");
        assertThat(row.getString("processing")).as("%s", row).isEqualTo("succeeded");
        assertThat(row.getJsonArray("jobs")).as("%s", row).hasSize(1);
        assertThat(api.events())
                .filteredOn(event -> event.getString("upload_id").equals(id))
                .filteredOn(event -> event.getString("type").equals("upload.completed"))
                .hasSize(1);
        List<Received> told = stack.receiver().received().stream()
                .filter(callback -> callback.uploadId().equals(id))
                .filter(callback -> callback.type().equals("upload.completed"))
                .toList();
        assertThat(told.stream().map(Received::id).distinct()).hasSize(1);
        assertThat(told).allMatch(callback -> callback.data().isNull("object_url"));
        return row;
    }
}
