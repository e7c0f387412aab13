package dev.sluice.benchmark;

import dev.sluice.it.net.Answer;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Http;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;

/**
 * How soon after its 201 an upload is worked on, and done. One process sends the uploads and hears of the jobs: both times are of its
 * clock.
 */
final class LatencyBenchmark implements Benchmark {
    private static final PrintStream OUT = System.out;
    private static final int WARM_UP = 20;
    private static final int SIZE = 1_000_000;
    private static final Duration LONGEST = Duration.ofSeconds(30);
    /** By then the next request for work waits at the metadata service, and nothing of the last upload runs. */
    private static final Duration REST = Duration.ofMillis(100);

    private static final String HELD = "held";
    private static final String RULES = """
            metadata:
              rules:
                - name: held
                  match: {content-type: application/x-held}
                  jobs: [{kind: held}]
                - name: verified
                  match: {content-type: application/octet-stream}
                  jobs: [{kind: verify}]
            """;

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public void run(Report report, boolean quick) throws Exception {
        try (RunningSystem system = new RunningSystem("latency", RULES)) {
            Processes processes = system.processes();
            processes.awaitRest(report, "leases");
            leases(report, system, quick ? 5 : 200);
            processes.awaitRest(report, "verify");
            verified(report, system, quick ? 5 : 200);
        }
    }

    private static void leases(Report report, RunningSystem system, int count) throws Exception {
        BlockingQueue<Long> granted = new SynchronousQueue<>();
        Thread worker = Thread.ofPlatform().daemon().start(() -> work(system, granted));
        Latencies answers = new Latencies(count);
        Latencies leases = new Latencies(count);
        for (int i = -WARM_UP; i < count; i++) {
            Await.pass(REST);
            long begun = System.nanoTime();
            upload(system, "application/x-held");
            long answered = System.nanoTime();
            Long at = granted.poll(LONGEST.toSeconds(), TimeUnit.SECONDS);
            if (at == null) {
                throw new IllegalStateException("no lease");
            }
            if (i >= 0) {
                answers.set(i, answered - begun);
                leases.set(i, at - answered);
            }
        }
        worker.interrupt();
        answers.addTo(report, "connect → 201 (1 MB)");
        leases.addTo(report, "201 → job lease granted");
        OUT.println("201 → lease: done");
    }

    private static void verified(Report report, RunningSystem system, int count) throws Exception {
        Latencies latencies = new Latencies(count);
        Map<String, String> key = Map.of("Authorization", "Bearer " + system.key());
        for (int i = -WARM_UP; i < count; i++) {
            Await.pass(REST);
            String upload =
                    upload(system, "application/octet-stream").uploadId().orElseThrow();
            long answered = System.nanoTime();
            String job = Http.get(system.url() + "/jobs?upload_id=" + upload, key)
                    .json()
                    .getJsonArray("jobs")
                    .getJsonObject(0)
                    .getString("job_id");
            JsonObject ended =
                    Http.get(system.url() + "/jobs/" + job + "?wait=20s", key).json();
            long done = System.nanoTime();
            if (!ended.getString("state").equals("succeeded")) {
                throw new IllegalStateException(ended.toString());
            }
            if (i >= 0) {
                latencies.set(i, done - answered);
            }
        }
        latencies.addTo(report, "201 → verify done (1 MB)");
        OUT.println("201 → verify done: done");
    }

    private static Answer upload(RunningSystem system, String type) throws IOException {
        return system.store(type, SIZE, (upload, bytes) -> upload.send(bytes, SIZE));
    }

    /** A worker that holds one request for work open at a time, as ours does, and says when it was granted some. */
    private static void work(RunningSystem system, BlockingQueue<Long> granted) {
        String request = Json.createObjectBuilder()
                .add("worker", "benchmark")
                .add("boot", UUID.randomUUID().toString())
                .add("queue", "jobs")
                .add("kinds", Json.createArrayBuilder().add(HELD))
                .add("max", 1)
                .add("wait_ms", 20_000)
                .build()
                .toString();
        try {
            String url = "http://127.0.0.1:" + system.port("internal") + "/internal";
            String authorization = "Bearer " + system.secret("worker.token");
            byte[] asking =
                    Client.request("POST /internal/leases", "Authorization: " + authorization + "\r\n", request);
            try (Client client = new Client(system.port("internal"))) {
                while (!Thread.interrupted()) {
                    Answer answer = client.exchange(asking);
                    long at = System.nanoTime();
                    for (JsonObject lease : answer.json().getJsonArray("leases").getValuesAs(JsonObject.class)) {
                        Http.post(
                                url + "/jobs/" + lease.getString("job_id") + "/complete",
                                Map.of("Authorization", authorization),
                                "{\"token\": \"" + lease.getString("token") + "\", \"result\": {}}");
                        granted.put(at);
                    }
                }
            }
        } catch (IOException e) {
            OUT.println("no more leases: " + e);
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }
}
