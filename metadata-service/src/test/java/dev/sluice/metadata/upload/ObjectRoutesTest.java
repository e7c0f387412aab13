package dev.sluice.metadata.upload;

import static dev.sluice.metadata.Answers.assertShape;
import static dev.sluice.metadata.Answers.json;
import static dev.sluice.metadata.Answers.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.FreshProtocol;
import dev.sluice.metadata.LocalServer;
import dev.sluice.metadata.LogLines;
import dev.sluice.metadata.Protocol;
import dev.sluice.metadata.Shape;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may read an object, as a gateway hears it over a real port. */
class ObjectRoutesTest extends FreshProtocol {
    private final HttpClient client = HttpClient.newHttpClient();
    private WebServer server;
    private String id;

    @BeforeEach
    void start() {
        server = LocalServer.start(HttpRouting.builder().register(new ObjectRoutes(protocol.access, protocol.tables)));
        id = protocol.letIn();
        protocol.stored(id, 1);
    }

    @AfterEach
    void stop() {
        server.stop();
        client.close();
    }

    @Test
    void theOwnerMay() throws Exception {
        JsonObject answer = json(ask(id, Optional.of(protocol.key)), 200);

        assertShape(answer, "object-answer.json");
        assertThat(answer.getString("key")).isEqualTo(protocol.upload(id).objectKey());
        assertThat(answer.getString("filename")).isEqualTo("photo.jpg");
    }

    @Test
    void aWorkerMayWhosoeverItIs() throws Exception {
        protocol.committer.commit(tx -> tx.update("update uploads set owner = 'other' where id = ?", id));

        json(ask(id, Optional.of("Bearer " + Protocol.WORKER_TOKEN)), 200);
    }

    @Test
    void anotherOwnerMayNotEvenKnowOfIt() throws Exception {
        protocol.committer.commit(tx -> tx.update("update uploads set owner = 'other' where id = ?", id));

        problem(ask(id, Optional.of(protocol.key)), 404, "not-found");
        problem(ask("00000000-0000-7000-8000-000000000000", Optional.of(protocol.key)), 404, "not-found");
    }

    /** Whoever reports it first is its owner; that says nothing of its content. */
    @Test
    void whoOnlyReportedAnObjectMayNotReadIt() throws Exception {
        String reported = protocol.hints
                .hint("default", "uploads", "incoming/payroll.csv")
                .orElseThrow()
                .upload()
                .id();
        protocol.sweep.run();
        protocol.check(Protocol.there("whatever"));
        assertThat(protocol.upload(reported).state()).isEqualTo(UploadState.COMPLETED);

        problem(ask(reported, Optional.of(protocol.key)), 404, "not-found");
        json(ask(reported, Optional.of("Bearer " + Protocol.WORKER_TOKEN)), 200);
    }

    @Test
    void whatIsNotCompletedIsNotThere() throws Exception {
        String open = protocol.letIn();

        problem(ask(open, Optional.of(protocol.key)), 404, "not-found");
        problem(ask(open, Optional.of("Bearer " + Protocol.WORKER_TOKEN)), 404, "not-found");
    }

    @Test
    void nobodyElseMay() throws Exception {
        problem(ask(id, Optional.empty()), 401, "unauthorized");
        problem(ask(id, Optional.of("Bearer wrong-wrong-wrong-wrong")), 401, "unauthorized");
        problem(ask(id, Optional.of("Bearer " + Protocol.GATEWAY_TOKEN)), 401, "unauthorized");
    }

    @Test
    void onlyGatewaysAreAnswered() throws Exception {
        HttpRequest.Builder request =
                request(id, Optional.of(protocol.key)).setHeader("Authorization", "Bearer " + Protocol.WORKER_TOKEN);

        problem(client.send(request.build(), BodyHandlers.ofString()), 401, "unauthorized");
    }

    @Test
    void saysInTheLogToWhomAndNoSecret() throws Exception {
        try (LogLines log = new LogLines(ObjectRoutes.class.getName())) {
            ask(id, Optional.of(protocol.key));

            String correlation = Shape.example("object.json").getString("correlation_id");
            assertThat(log.lines)
                    .containsExactly("object handed out id=" + id + " to=owner correlation=" + correlation);
        }
    }

    private HttpResponse<String> ask(String upload, Optional<String> authorization) throws Exception {
        return client.send(request(upload, authorization).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String upload, Optional<String> authorization) throws IOException {
        JsonObject message = Json.createObjectBuilder(Shape.example("object.json"))
                .add(
                        "authorization",
                        authorization.<JsonValue>map(Json::createValue).orElse(JsonValue.NULL))
                .build();
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/internal/objects/" + upload))
                .header("Authorization", "Bearer " + Protocol.GATEWAY_TOKEN)
                .POST(BodyPublishers.ofString(message.toString()));
    }
}
