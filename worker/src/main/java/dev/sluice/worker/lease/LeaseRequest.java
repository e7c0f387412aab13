package dev.sluice.worker.lease;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;

/** A request for at most {@code max} leases of one queue. */
record LeaseRequest(WorkerId worker, Queue queue, int max, Duration patience, int running, Stats stats) {

    /** Who asks: a name and the boot of this process. */
    record WorkerId(String name, String boot) {}

    /** A queue, the kinds of it that this worker knows, and its slots. */
    record Queue(String name, List<String> kinds, int slots) {}

    JsonObject json() {
        return Json.createObjectBuilder()
                .add("worker", worker.name())
                .add("boot", worker.boot())
                .add("queue", queue.name())
                .add("kinds", Json.createArrayBuilder(queue.kinds()))
                .add("max", max)
                .add("wait_ms", patience.toMillis())
                .add(
                        "stats",
                        Json.createObjectBuilder()
                                .add("running", running)
                                .add("slots", queue.slots())
                                .add("rss_bytes", stats.rssBytes())
                                .add("cpu_ms", stats.cpuMillis()))
                .build();
    }
}
