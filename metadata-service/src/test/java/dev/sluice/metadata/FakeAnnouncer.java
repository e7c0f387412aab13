package dev.sluice.metadata;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.upload.Announcer;
import dev.sluice.metadata.upload.Upload;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Remembers what was announced, as {@code TYPE UPLOAD/ATTEMPT}. */
public final class FakeAnnouncer implements Announcer {
    public final List<String> said = new ArrayList<>();

    @Override
    public void announce(
            Transaction tx, String type, Upload upload, Optional<String> jobId, JsonObject extra, long now) {
        said.add(type + " " + upload.id() + "/" + upload.attempt());
    }
}
