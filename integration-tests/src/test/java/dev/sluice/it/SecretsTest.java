package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.hostile.Traces;
import dev.sluice.it.net.Answer;
import dev.sluice.it.net.CallbackReceiver.Mood;
import dev.sluice.it.net.FaultProxy.Mode;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Logs say what happened and never whose secrets and files it happened to. */
class SecretsTest {
    private static final String FILE = "payslip-of-maria";

    private static final Stack STACK = new Stack(
            "secrets",
            Executions.in(Options.plain().withProxies())
                    .command("fail", "/bin/sh", "-c", "cat >/dev/null; exit 3")
                    .metadata("metadata.jobs.max-failures=1"));

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @Test
    void noLogHoldsASecretOrTheNameOfAFile() throws IOException {
        Ledger ledger = new Ledger(STACK);
        ledger.sendAll(sendings("stored", Executions.TYPE), () -> {});
        ledger.sendAll(sendings("failing", "application/x-fail"), () -> {});
        refusals();
        crashes(ledger);
        ledger.repeatKeyedUntilStored();
        new Rows(STACK, FILE).ids().forEach(Api.of(STACK)::awaitSettled);
        STACK.gateway().stop();
        STACK.worker().stop();
        STACK.metadata().stop();

        List<String> secrets = new ArrayList<>(List.of("X-Amz-Signature=", "x-amz-signature=", "Signature=", FILE));
        Traces traces = new Traces(STACK);
        secrets.addAll(traces.secrets());
        List<Traces.Line> lines = traces.lines();
        assertThat(lines.stream().map(Traces.Line::log))
                .contains("gateway.log", "worker.log", "metadata-service.log", "access.log");
        assertThat(lines).noneMatch(line -> secrets.stream().anyMatch(line.text()::contains));
    }

    private static void refusals() throws IOException {
        Sending sending = Sending.of(FILE + "-refused", new Payload(1, 1000));
        List<Answer> answers = List.of(
                sending.with("Authorization", "Bearer sk_wrongwrongwrong").send(STACK),
                sending.with("Content-Type", "multipart/form-data; boundary=x").send(STACK),
                sending.with("Repr-Digest", "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:")
                        .send(STACK),
                Sending.of(FILE + "-%ff%00.txt", new Payload(1, 1000)).send(STACK));
        assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isBetween(400, 499));
        Api.of(STACK).hint("http://elsewhere.invalid/bucket/" + FILE + "?X-Amz-Signature=abc");
        MinioSender store = MinioSender.of(STACK);
        String key = STACK.foreignKey(FILE);
        assertThat(store.send(store.event("put", key)).status()).isEqualTo(200);
        assertThat(store.send("{\"Key\":\"" + key + "\"}").status()).isEqualTo(200);
        MinioSender wrong = MinioSender.withToken(STACK, store.authorization());
        assertThat(wrong.send(wrong.event("put", key)).status()).isEqualTo(401);
    }

    /** Every part ends badly with uploads under way, and every neighbour is away for a while. */
    private static void crashes(Ledger ledger) {
        STACK.receiver().mood(Mood.FAILING);
        STACK.toStore().mode(Mode.LOSE_ANSWERS);
        ledger.sendAll(sendings("lost", Executions.TYPE), () -> {});
        STACK.toStore().mode(Mode.CUT);
        ledger.sendAll(sendings("cut", Executions.TYPE), () -> {});
        STACK.toStore().mode(Mode.PASS);
        STACK.receiver().mood(Mood.WELL);
        for (String moment : List.of("body:3", "end-sent:2", "stored:2")) {
            STACK.gateway().close();
            STACK.gateway().startToHalt(moment);
            ledger.sendAll(sendings(moment.replace(':', '-'), Executions.TYPE), STACK.gateway()::awaitEnd);
        }
        ledger.sendAll(sendings("no-gateway", Executions.TYPE), () -> {});
        STACK.gateway().start();
        STACK.metadata().kill9();
        ledger.sendAll(sendings("no-metadata", Executions.TYPE), () -> {});
        STACK.metadata().start();
        STACK.worker().kill9();
        STACK.start();
    }

    private static List<Sending> sendings(String name, String type) {
        return IntStream.range(0, 3)
                .mapToObj(i -> Sending.of(FILE + "-" + name + "-" + i, new Payload(i, 200_000))
                        .with("Content-Type", type)
                        .with("Idempotency-Key", name + i))
                .toList();
    }
}
