package dev.sluice.metadata.job;

import jakarta.json.JsonObject;

/** A job as it is handed to a worker for some time. */
record Lease(Job job, JsonObject payload) {}
