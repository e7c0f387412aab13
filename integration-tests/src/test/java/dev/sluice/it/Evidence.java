package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.CallbackReceiver.Received;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is known of one system when all is quiet: what clients sent and were told, and what rows, jobs, events, callbacks and objects
 * there are. Checks that every promise was kept.
 *
 * @param sendings what this ledger's clients sent, by file name
 * @param uploads every row by id, in full where it is one of the sendings
 * @param jobs the jobs of the sendings, by id
 * @param objects every key under the system's prefix; the digests of the sendings' objects, empty text for others
 */
record Evidence(
        List<Told> told,
        Map<String, Sending> sendings,
        Map<String, JsonObject> uploads,
        Map<String, JsonObject> jobs,
        List<JsonObject> events,
        List<Received> callbacks,
        Map<String, String> objects) {
    record Told(Sending sending, Answer answer) {}

    void check() {
        assertThat(objects.keySet()).as("objects").isEqualTo(completedKeys());
        told.forEach(this::checkAnswer);
        checkOneRowPerKey();
        checkNothingIsInvented();
        own().forEach(this::checkRow);
    }

    /** Every 201 and 202 has its upload; nobody was promised anything else. */
    private void checkAnswer(Told one) {
        int status = one.answer().status();
        if (status == 201 || status == 202) {
            JsonObject row = known(uploads, one.answer().uploadId().orElseThrow(), one);
            assertThat(row.getString("filename")).isEqualTo(one.sending().filename());
            assertThat(row.getString("state")).as("state after %s", one).isEqualTo("completed");
        } else {
            assertThat(status).as("%s", one).isIn(400, 409, 502, 503, 504, 507);
        }
    }

    private void checkOneRowPerKey() {
        Map<String, Long> rows =
                own().stream().collect(Collectors.groupingBy(row -> row.getString("filename"), Collectors.counting()));
        sendings.values().stream().filter(Sending::hasKey).forEach(sending -> assertThat(
                        rows.getOrDefault(sending.filename(), 0L))
                .as("rows of %s", sending.filename())
                .isLessThanOrEqualTo(1));
    }

    private void checkNothingIsInvented() {
        Set<String> completed = uploads.values().stream()
                .filter(Evidence::isCompleted)
                .map(row -> row.getString("upload_id"))
                .collect(Collectors.toSet());
        assertThat(events)
                .filteredOn(event -> event.getString("type").equals("upload.completed"))
                .as("completions of what is not completed")
                .allSatisfy(event -> assertThat(completed).contains(event.getString("upload_id")));
        assertThat(callbacks)
                .filteredOn(callback -> callback.type().equals("upload.completed"))
                .allSatisfy(callback -> assertThat(completed).contains(callback.uploadId()));
    }

    private void checkRow(JsonObject row) {
        List<JsonObject> jobsOfRow = row.getJsonArray("jobs").getValuesAs(JsonObject.class);
        if (!isCompleted(row)) {
            assertThat(jobsOfRow).as("jobs of %s", row).isEmpty();
            return;
        }
        String id = row.getString("upload_id");
        Sending sending = known(sendings, row.getString("filename"), row);
        assertThat(row.getJsonNumber("size").longValue())
                .isEqualTo(sending.payload().size());
        assertThat(objects.get(row.getString("key")))
                .as("bytes of %s", row)
                .isEqualTo(sending.payload().sha256());
        assertThat(events.stream().filter(event -> isCompletionOf(id, event)))
                .as("events of %s", row)
                .hasSize(1);
        assertThat(completionCallbacks(id)).as("callbacks of %s", row).hasSize(1);
        assertThat(jobsOfRow.stream().map(job -> job.getString("kind")))
                .as("jobs of %s", row)
                .contains("verify")
                .doesNotHaveDuplicates();
        jobsOfRow.forEach(job -> checkJob(known(jobs, job.getString("job_id"), row)));
    }

    private void checkJob(JsonObject job) {
        assertThat(job.getString("state")).as("%s", job).isEqualTo("succeeded");
        assertThat(job.getJsonArray("attempts").getValuesAs(JsonObject.class).stream()
                        .filter(attempt -> attempt.getString("outcome").equals("succeeded")))
                .as("%s", job)
                .hasSize(1);
        assertThat(events.stream()
                        .filter(event -> event.getString("type").equals("job.succeeded"))
                        .filter(event -> job.getString("job_id").equals(event.getString("job_id", ""))))
                .as("events of %s", job)
                .hasSize(1);
    }

    private List<JsonObject> own() {
        return uploads.values().stream()
                .filter(row -> sendings.containsKey(row.getString("filename", "")))
                .toList();
    }

    /** The keys that must be in the store: objects of others, which were only reported, lie elsewhere. */
    private Set<String> completedKeys() {
        return uploads.values().stream()
                .filter(Evidence::isCompleted)
                .map(row -> row.getString("key"))
                .filter(key -> !key.startsWith("incoming/"))
                .collect(Collectors.toSet());
    }

    /** A callback may come twice, but always with the same id. */
    private Set<String> completionCallbacks(String uploadId) {
        return callbacks.stream()
                .filter(one ->
                        one.type().equals("upload.completed") && one.uploadId().equals(uploadId))
                .map(Received::id)
                .collect(Collectors.toSet());
    }

    private static boolean isCompletionOf(String uploadId, JsonObject event) {
        return event.getString("type").equals("upload.completed")
                && event.getString("upload_id").equals(uploadId);
    }

    private static boolean isCompleted(JsonObject row) {
        return row.getString("state").equals("completed");
    }

    private static <T> T known(Map<String, T> all, String name, Object about) {
        T found = all.get(name);
        if (found == null) {
            throw new AssertionError(name + " is unknown: " + about);
        }
        return found;
    }
}
