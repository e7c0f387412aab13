package dev.sluice.metadata.upload;

import dev.sluice.metadata.access.Access;
import dev.sluice.metadata.db.Database;
import dev.sluice.metadata.http.Fields;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.http.LogText;
import dev.sluice.metadata.http.ProblemException;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.JsonObject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;

/** Tells gateways on the internal listener whether somebody may read an upload's object, and where it is (rule 10). */
public final class ObjectRoutes implements HttpService {
    private static final Logger LOG = System.getLogger(ObjectRoutes.class.getName());

    private final Access access;
    private final Database database;
    private final UploadRepository uploads;

    public ObjectRoutes(Access access, UploadTables tables) {
        this.access = access;
        this.database = tables.database();
        this.uploads = tables.uploads();
    }

    /** Belongs at the root of the internal listener. */
    @Override
    public void routing(HttpRules rules) {
        rules.post("/internal/objects/{id}", this::read);
    }

    private void read(ServerRequest req, ServerResponse res) {
        access.requireGateway(req);
        Fields who = new Fields(JsonIo.body(req));
        Optional<String> authorization = who.maybeText("authorization", 8192);
        boolean worker = access.isWorker(authorization);
        Optional<String> owner =
                worker ? Optional.empty() : access.ownerOf(authorization, who.text("client_address", 255));
        if (!worker && owner.isEmpty()) {
            throw Access.unauthorized();
        }
        Upload upload = completed(req.path().pathParameters().get("id"))
                .filter(found -> worker || owner.filter(found::sentBy).isPresent())
                .orElseThrow(ProblemException::notFound);
        LOG.log(
                Level.INFO,
                "object handed out id=" + upload.id() + " to=" + (worker ? "worker" : "owner") + " correlation="
                        + who.maybeStart("correlation_id", 128).map(LogText::of).orElse("-"));
        JsonIo.send(req, res, 200, json(upload));
    }

    private Optional<Upload> completed(String id) {
        return database.read(tx -> uploads.find(tx, id)).filter(upload -> upload.state() == UploadState.COMPLETED);
    }

    private static JsonObject json(Upload upload) {
        return JsonIo.object()
                .add("bucket", upload.bucket())
                .add("key", upload.objectKey())
                .add("version_id", JsonIo.text(upload.versionId()))
                .add("filename", JsonIo.text(upload.filename()))
                .build();
    }
}
