package dev.sluice.metadata.gateway;

import dev.sluice.metadata.http.Fields;
import jakarta.json.JsonObject;
import java.util.HashMap;
import java.util.Map;

/** One beat of a gateway's boot ({@code heartbeat.json}): all its open uploads, request to bytes received. */
public record Heartbeat(String boot, long number, Map<String, Long> received) {
    private static final int MAX_UPLOADS = 100_000;

    public Heartbeat {
        received = Map.copyOf(received);
    }

    public static Heartbeat parse(JsonObject json) {
        Fields fields = new Fields(json);
        Map<String, Long> received = new HashMap<>();
        for (Fields upload : fields.objects("uploads", MAX_UPLOADS)) {
            received.put(upload.text("request", 64), upload.number("received", 0, Long.MAX_VALUE));
        }
        return new Heartbeat(fields.text("boot", 64), fields.number("number", 0, Long.MAX_VALUE), received);
    }
}
