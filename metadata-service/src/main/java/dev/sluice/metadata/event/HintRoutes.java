package dev.sluice.metadata.event;

import dev.sluice.metadata.access.Access;
import dev.sluice.metadata.http.Fields;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.http.ProblemException;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/** The simple form of {@code POST /upload-complete} on the public listener: a URL, which is only a hint. */
public final class HintRoutes implements HttpService {
    private static final int MAX_URL = 4096;

    private final Access access;
    private final Hints hints;
    private final List<Store> stores;

    public HintRoutes(Access access, Hints hints, List<Store> stores) {
        this.access = access;
        this.hints = hints;
        this.stores = List.copyOf(stores);
    }

    /** Belongs at the root of the public listener. */
    @Override
    public void routing(HttpRules rules) {
        rules.post("/upload-complete", this::hint);
    }

    private void hint(ServerRequest req, ServerResponse res) {
        String owner = access.owner(req);
        PostedUrl url = PostedUrl.parse(new Fields(JsonIo.body(req)).text("url", MAX_URL))
                .orElseThrow(() -> ProblemException.badRequest("\"url\" is not the address of an object."));
        PostedUrl.Place place = url.in(stores)
                .orElseThrow(() ->
                        new ProblemException(422, "unknown-store", "The URL is of no configured store and bucket."));
        Hints.Met met = hints.hint(owner, place.bucket(), place.key()).orElseThrow(ProblemException::notFound);
        JsonIo.send(
                req,
                res,
                200,
                JsonIo.object()
                        .add("status", "ok")
                        .add("upload_id", met.upload().id())
                        .add("state", met.upload().state().text())
                        .add("jobs", CompletionRoutes.jobs(met.jobs()))
                        .build());
    }
}
