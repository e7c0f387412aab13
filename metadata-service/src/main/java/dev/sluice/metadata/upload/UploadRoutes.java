package dev.sluice.metadata.upload;

import dev.sluice.metadata.access.Access;
import dev.sluice.metadata.db.Database;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.http.ProblemException;
import dev.sluice.metadata.http.Query;
import dev.sluice.metadata.http.Reading;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** What a key's holder sees of its uploads, on the public listener. */
public final class UploadRoutes implements HttpService {
    private static final String NEWEST = "~";

    private final Access access;
    private final Database database;
    private final UploadRepository uploads;
    private final UploadJson json;

    public UploadRoutes(Access access, UploadTables tables, UploadJson json) {
        this.access = access;
        this.database = tables.database();
        this.uploads = tables.uploads();
        this.json = json;
    }

    /** Belongs at the root of the public listener. */
    @Override
    public void routing(HttpRules rules) {
        Reading.at(rules, "/uploads", this::page);
        Reading.at(rules, "/uploads/{id}", this::one);
    }

    private void one(ServerRequest req, ServerResponse res) {
        String owner = access.owner(req);
        String id = req.path().pathParameters().get("id");
        JsonObject upload = database.read(tx -> uploads.find(tx, id)
                        .filter(found -> found.owner().equals(owner))
                        .map(found -> json.views(tx, List.of(found)).getFirst()))
                .orElseThrow(ProblemException::notFound);
        JsonIo.send(req, res, 200, upload);
    }

    private void page(ServerRequest req, ServerResponse res) {
        String owner = access.owner(req);
        Query query = new Query(req, "cursor", "limit");
        int limit = query.limit();
        String before = query.cursor().orElse(NEWEST);
        JsonObject page = database.read(tx -> {
            List<Upload> found = uploads.page(tx, owner, before, limit + 1);
            List<Upload> shown = found.subList(0, Math.min(limit, found.size()));
            JsonArrayBuilder array = JsonIo.array();
            json.views(tx, shown).forEach(array::add);
            Optional<String> next =
                    found.size() > limit ? Optional.of(shown.getLast().id()) : Optional.empty();
            return JsonIo.object()
                    .add("uploads", array)
                    .add("next_cursor", JsonIo.text(next))
                    .build();
        });
        JsonIo.send(req, res, 200, page);
    }
}
