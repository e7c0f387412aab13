package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.hostile.Traces;
import dev.sluice.it.net.Answer;
import dev.sluice.it.net.CallbackReceiver.Received;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Http;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects fetched again, by whoever may, without credentials for the store. */
class ObjectsTest {
    private static final Stack STACK = new Stack(
            "objects", Options.plain().metadata("metadata.jobs.lease=PT60S", "metadata.callback.timeout=PT60S"));

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @Test
    void whoSentItFetchesItFromTheStore() throws IOException {
        Payload payload = new Payload(1, 3_000_000);
        String id = stored("r%C3%A9sum%C3%A9.pdf", payload);

        Answer sentOn = object(id, "Bearer " + STACK.key("default"));

        assertThat(sentOn.status()).as("%s", sentOn).isEqualTo(307);
        assertThat(sentOn.header("Cache-Control")).contains("no-store");
        String link = sentOn.header("Location").orElseThrow();
        assertThat(link).startsWith(STACK.bucket().urlOf(""));
        HttpResponse<byte[]> fetched = Http.fetch(link);
        assertThat(Payload.sha256(new ByteArrayInputStream(fetched.body()))).isEqualTo(payload.sha256());
        assertThat(fetched.headers().firstValue("Content-Disposition"))
                .contains("attachment; filename=\"r_sum_.pdf\"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf");
    }

    @Test
    void nobodyElseDoes() throws IOException {
        String id = stored("mine", new Payload(2, 100));

        Answer foreign = object(id, "Bearer " + STACK.key("other"));
        Answer unknown = object("019aa3c2-7b10-7c3e-9d51-2f6a1b0c4d5e", "Bearer " + STACK.key("default"));
        Answer keyless = Http.get(STACK.url() + "/objects/" + id, Map.of());
        Answer wrong = object(id, "Bearer sk_wrongwrongwrongwrong");

        assertThat(List.of(foreign.status(), unknown.status())).containsOnly(404);
        assertThat(foreign.json().getString("detail")).isEqualTo(unknown.json().getString("detail"));
        assertThat(List.of(keyless.code(), wrong.code())).containsOnly("unauthorized");
        assertThat(keyless.header("WWW-Authenticate")).contains("Bearer");
    }

    @Test
    void whatNeverBecameAnObjectIsNotThere() throws IOException {
        Answer refused = Sending.of("bad", new Payload(3, 1000))
                .with("Repr-Digest", new Payload(4, 5).reprDigest())
                .send(STACK);
        String id = refused.uploadId().orElseThrow();
        Api.of(STACK).awaitState(id, "failed");

        assertThat(object(id, "Bearer " + STACK.key("default")).status()).isEqualTo(404);
        assertThat(object(id, "Bearer " + STACK.workerToken()).status()).isEqualTo(404);
    }

    @Test
    void callbacksNameTheAddressAndAWorkersTokenIsEnoughForIt() throws IOException {
        Payload payload = new Payload(5, 10_000);
        String id = stored("told", payload);
        Api.of(STACK).awaitSettled(id);

        List<Received> told = STACK.receiver().received().stream()
                .filter(one -> one.uploadId().equals(id))
                .toList();

        assertThat(told).hasSize(2).allSatisfy(one -> assertThat(one.data().getString("object_url"))
                .isEqualTo(STACK.url() + "/objects/" + id));
        String url = told.getFirst().data().getString("object_url");
        Answer sentOn = Http.get(url, Map.of("Authorization", "Bearer " + STACK.workerToken()));
        HttpResponse<byte[]> fetched = Http.fetch(sentOn.header("Location").orElseThrow());
        assertThat(Payload.sha256(new ByteArrayInputStream(fetched.body()))).isEqualTo(payload.sha256());
    }

    @Test
    void aClientThatFollowsGetsHeadsAndPieces() throws IOException {
        Payload payload = new Payload(9, 1_000_000);
        String url = STACK.url() + "/objects/" + stored("pieces", payload);
        String key = "Bearer " + STACK.key("default");

        Answer head = Http.head(url, Map.of("Authorization", key));
        Answer looked = Http.head(head.header("Location").orElseThrow(), Map.of());
        String link =
                Http.get(url, Map.of("Authorization", key)).header("Location").orElseThrow();
        HttpResponse<byte[]> piece = Http.fetch(link, Map.of("Range", "bytes=999990-"));

        assertThat(head.status()).isEqualTo(307);
        assertThat(looked.status()).isEqualTo(200);
        assertThat(looked.header("Content-Length")).contains("1000000");
        assertThat(piece.statusCode()).isEqualTo(206);
        assertThat(piece.body()).isEqualTo(Arrays.copyOfRange(payload.bytes(), 999_990, 1_000_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/objects", "/objects?x=1", "/objects/", "/objects/x", "/objectsx"})
    void whereNoObjectIsThereIsNothing(String path) {
        Answer answer = Http.get(STACK.url() + path, Map.of("Authorization", "Bearer " + STACK.key("default")));

        assertThat(answer.status()).as("%s", answer).isEqualTo(404);
        assertThat(answer.header("Content-Type")).contains("application/problem+json");
        assertThat(answer.code()).isEqualTo("not-found");
    }

    @Test
    void withoutAGatewayTheEdgeSaysSo() throws IOException {
        String id = stored("edge", new Payload(6, 100));
        STACK.gateway().stop();

        Answer answer = object(id, "Bearer " + STACK.key("default"));
        STACK.gateway().start();

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("gateway-unavailable");
        assertThat(answer.header("Retry-After")).isPresent();
    }

    @Test
    void noLogHoldsASignature() throws IOException {
        String id = stored("signed", new Payload(7, 100));
        object(id, "Bearer " + STACK.key("default"));
        Api.of(STACK).awaitSettled(id);

        Traces traces = new Traces(STACK);
        Await.holds(Times.SETTLED, () -> assertThat(traces.lines())
                .filteredOn(line -> line.log().equals("access.log"))
                .anyMatch(line -> line.text().contains("\"path\":\"/objects/" + id + "\"")
                        && line.text().contains("\"status\":\"307\"")));
        assertThat(traces.lines())
                .noneMatch(line -> line.text().toLowerCase(Locale.ROOT).contains("signature="))
                .noneMatch(line -> line.text().contains(STACK.key("default")))
                .noneMatch(line -> line.text().contains(STACK.workerToken()));
    }

    private static String stored(String name, Payload payload) throws IOException {
        Answer answer = Sending.of(name, payload).send(STACK);
        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        return answer.uploadId().orElseThrow();
    }

    private static Answer object(String id, String authorization) {
        return Http.get(STACK.url() + "/objects/" + id, Map.of("Authorization", authorization));
    }
}
