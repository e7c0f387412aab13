package dev.sluice.metadata.webhook;

import dev.sluice.metadata.http.Fields;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.http.ProblemException;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What one record of a notification says, in S3's form as MinIO writes it. Sizes and ETags in it are not read: nobody could vouch for them. */
sealed interface StoreEvent {
    /** There is new content under this key, it says. */
    record Created(String bucket, String key) implements StoreEvent {}

    /** Nothing that an upload could follow from. */
    record Other(Outcome outcome) implements StoreEvent {}

    record Unreadable(String reason) implements StoreEvent {}

    int MAX_TEXT = 1024;
    int MAX_KEY = 4096;
    String CREATED = "ObjectCreated:";
    Set<String> PROPERTIES =
            Set.of("PutTagging", "DeleteTagging", "PutRetention", "PutLegalHold", "PutAcl", "DeleteRetention");

    /** All records of a body, in its order; a body that has none is one unreadable, or a test. */
    static List<StoreEvent> parse(byte[] body) {
        Optional<JsonObject> json = JsonIo.parse(body);
        if (json.isEmpty()) {
            return List.of(new Unreadable("not-json"));
        }
        if (json.get().get("Records") instanceof JsonArray records && !records.isEmpty()) {
            return records.stream().map(StoreEvent::parse).toList();
        }
        boolean test = !json.get().containsKey("Records")
                && json.get().getString("Event", "").equals("s3:TestEvent");
        return List.of(test ? new Other(Outcome.TEST) : new Unreadable("no-records"));
    }

    private static StoreEvent parse(JsonValue json) {
        if (!(json instanceof JsonObject record)) {
            return new Unreadable("malformed");
        }
        try {
            return read(new Fields(record));
        } catch (ProblemException e) {
            return new Unreadable("malformed");
        }
    }

    private static StoreEvent read(Fields record) {
        String event = record.text("eventName", MAX_TEXT);
        String name = event.startsWith("s3:") ? event.substring(3) : event;
        if (name.startsWith("ObjectRemoved:")) {
            return new Other(Outcome.REMOVED);
        }
        if (!name.startsWith(CREATED) || PROPERTIES.contains(name.substring(CREATED.length()))) {
            return new Other(Outcome.IGNORED);
        }
        Fields s3 = inner(record, "s3");
        String bucket = inner(s3, "bucket").text("name", MAX_TEXT);
        return EncodedKey.decode(inner(s3, "object").text("key", MAX_KEY))
                .<StoreEvent>map(key -> new Created(bucket, key))
                .orElseGet(() -> new Unreadable("bad-key"));
    }

    private static Fields inner(Fields outer, String name) {
        return outer.maybeObject(name)
                .map(Fields::new)
                .orElseThrow(() -> ProblemException.badRequest("\"" + name + "\" is missing."));
    }
}
