package dev.sluice.worker.process;

import jakarta.json.JsonObject;

/** Makes links by which a process without credentials may read the object of a job's payload. */
@FunctionalInterface
public interface ObjectLinks {
    String readLink(JsonObject payload);
}
