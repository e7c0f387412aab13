package dev.sluice.metadata.delivery;

import dev.sluice.metadata.access.Access;
import dev.sluice.metadata.db.Database;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.http.Query;
import dev.sluice.metadata.http.Reading;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.util.List;

/** {@code GET /events}: what happened to an owner's uploads, oldest first. */
public final class EventLogRoutes implements HttpService {
    private final Database database;
    private final Access access;

    public EventLogRoutes(Database database, Access access) {
        this.database = database;
        this.access = access;
    }

    @Override
    public void routing(HttpRules rules) {
        Reading.at(rules, "/events", this::events);
    }

    private void events(ServerRequest req, ServerResponse res) {
        String owner = access.owner(req);
        Query query = new Query(req, "after", "limit");
        long after = query.number("after").orElse(0L);
        int limit = query.limit();
        JsonIo.send(req, res, 200, page(database.read(tx -> EventLog.page(tx, owner, after, limit)), after));
    }

    private static JsonObject page(List<Event> events, long after) {
        JsonArrayBuilder array = JsonIo.array();
        for (Event event : events) {
            array.add(JsonIo.object()
                    .add("seq", event.seq())
                    .add("type", event.type())
                    .add("upload_id", event.uploadId())
                    .add("job_id", JsonIo.text(event.jobId()))
                    .add("at", JsonIo.time(event.at()))
                    .add("data", JsonIo.parse(event.data())));
        }
        return JsonIo.object()
                .add("events", array)
                .add("next", events.isEmpty() ? after : events.getLast().seq())
                .build();
    }
}
