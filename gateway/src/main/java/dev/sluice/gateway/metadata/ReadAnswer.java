package dev.sluice.gateway.metadata;

import dev.sluice.gateway.storage.ReadableObject;
import jakarta.json.JsonObject;
import java.util.Optional;

/** What the metadata service says to somebody's wish to read an object (docs/api/examples/object-answer.json). */
public sealed interface ReadAnswer {
    /** Yes; there it is. */
    record Granted(ReadableObject object) implements ReadAnswer {}

    /** It does not know who asks. */
    record Unknown() implements ReadAnswer {}

    /** There is no such object, or it is not theirs. */
    record NotFound() implements ReadAnswer {}

    static Optional<ReadAnswer> parse(JsonObject json) {
        Optional<String> key = Wire.text(json, "key");
        return Wire.text(json, "bucket")
                .flatMap(bucket -> key.map(found -> new Granted(new ReadableObject(
                        bucket, found, Wire.text(json, "version_id"), Wire.text(json, "filename")))));
    }
}
