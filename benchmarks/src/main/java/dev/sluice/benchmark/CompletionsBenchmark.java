package dev.sluice.benchmark;

import dev.sluice.it.net.Answer;
import dev.sluice.it.stack.Await;
import dev.sluice.metadata.event.StoredMessage;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** How many uploads a second can be made durably complete, and how long one completion takes beside running uploads. */
final class CompletionsBenchmark implements Benchmark {
    private static final PrintStream OUT = System.out;
    private static final int ROUNDS = 5;
    private static final int WARM_UP = 20_000;
    private static final int CALLERS = 512;
    private static final int CONNECTIONS = 64;
    private static final int PER_SECOND = 500;
    private static final int UPLOADS = 64;
    private static final int SIZE = 4 << 20;
    private static final long BYTES_PER_SECOND = 256 << 10;
    /** What one upload takes: so they begin, and so they end, one after the other. */
    private static final Duration GENERATION = Duration.ofSeconds(SIZE / BYTES_PER_SECOND);

    private static final String CPU = "CPU s/1000";
    private static final String COMMITS = "sluice_commit_batches_total";
    private static final String OPEN = "sluice_gateway_open_uploads";

    /** Jobs of these uploads are for a worker that does not exist: there is nothing in the store that one could work on. */
    private static final String RULES = """
            metadata:
              rules:
                - name: benchmark
                  match: {content-type: %s}
                  jobs: [{kind: nobody}]
                - name: uploads
                  match: {content-type: application/octet-stream}
                  jobs: [{kind: verify}]
            """.formatted(SignedMessages.TYPE);

    private interface Work {
        void run() throws Exception;
    }

    @Override
    public String name() {
        return "completions";
    }

    @Override
    public void run(Report report, boolean quick) throws Exception {
        alone(report, quick ? 500 : 20_000);
        signed(report, quick ? 500 : 15_000);
        besideUploads(report, quick ? 2 : 20);
    }

    private static void alone(Report report, int count) throws Exception {
        Path folder = Path.of("target", "committer-" + ProcessHandle.current().pid());
        Files.createDirectories(folder);
        Rounds rounds = new Rounds(report, "committer alone");
        try (CommitterAlone service = new CommitterAlone(folder)) {
            for (int round = 0; round <= ROUNDS; round++) {
                StoredMessage[] messages = new StoredMessage[count];
                Load.closed(CALLERS, count, () -> number -> messages[number] = service.intend());
                long commits = service.commits();
                Duration cpu = ownCpu();
                Load.Passed passed = Load.closed(CALLERS, count, () -> number -> service.complete(messages[number]));
                SequencedMap<String, Double> figures = rate(passed, ownCpu().minus(cpu));
                figures.put("completions a commit", (double) count / (service.commits() - commits));
                rounds.add(round, figures);
                OUT.println("completions: committer alone, round " + round + ": " + figures);
            }
        } finally {
            RunningSystem.delete(folder);
        }
    }

    private static void signed(Report report, int count) throws Exception {
        Rounds rounds = new Rounds(report, "over HTTP, signed");
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                RunningSystem system = new RunningSystem(
                        "signed", RULES, "--callback", "http://127.0.0.1:" + silent.getLocalPort() + "/")) {
            system.freezeWorker();
            SignedMessages messages = new SignedMessages(system);
            for (int round = 0; round <= ROUNDS; round++) {
                byte[][] requests = messages.prepare(count);
                system.processes().awaitRest(report, "completions over HTTP, round " + round);
                double commits = system.metric("internal", COMMITS);
                Duration cpu = system.cpu("metadata");
                Duration own = ownCpu();
                Load.Passed passed = Load.closed(CONNECTIONS, count, () -> completing(system, requests));
                SequencedMap<String, Double> figures =
                        rate(passed, system.cpu("metadata").minus(cpu));
                figures.put("client CPU s/1000", perThousand(ownCpu().minus(own), count));
                figures.put("completions a commit", count / (system.metric("internal", COMMITS) - commits));
                rounds.add(round, figures);
                OUT.println("completions: over HTTP, signed, round " + round + ": " + figures);
            }
        }
    }

    private static void besideUploads(Report report, int seconds) throws Exception {
        try (RunningSystem system = new RunningSystem("beside", RULES)) {
            system.freezeWorker();
            SignedMessages messages = new SignedMessages(system);
            byte[][] first = messages.prepare(WARM_UP);
            Load.closed(CONNECTIONS, WARM_UP, () -> completing(system, first));
            byte[][] without = messages.prepare(PER_SECOND * seconds);
            system.processes().awaitRest(report, "500/s, no uploads");
            atRate(report, "500/s, no uploads", system, without);
            byte[][] beside = messages.prepare(PER_SECOND * seconds);
            system.processes().awaitRest(report, "500/s beside 64 uploads");
            String row = "500/s beside 64 uploads";
            int stored = whileUploading(system, () -> {
                double before = system.metric("health", OPEN);
                atRate(report, row, system, beside);
                report.sample(
                        Map.of("row", row, "open before", before, "open at the end", system.metric("health", OPEN)));
            });
            report.figure(row, "uploads ended", stored + ", all with 201");
            report.sample(Map.of("row", row, "uploads stored", stored));
        }
    }

    /**
     * Works once as many have ended as are open: by then the code that carries them is compiled. They are spread over the time that one
     * takes, so that some begin and end at any moment. Says how many ended in all, and fails when one ended badly.
     */
    private static int whileUploading(RunningSystem system, Work work) throws Exception {
        AtomicBoolean going = new AtomicBoolean(true);
        AtomicInteger stored = new AtomicInteger();
        try (ExecutorService uploads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < UPLOADS; i++) {
                Duration wait = GENERATION.multipliedBy(i).dividedBy(UPLOADS);
                running.add(uploads.submit(() -> {
                    Thread.sleep(wait);
                    upload(system, going, stored);
                    return wait;
                }));
            }
            try {
                Await.until("64 uploads have ended", GENERATION.multipliedBy(4), () -> stored.get() >= UPLOADS);
                work.run();
            } finally {
                going.set(false);
            }
            for (Future<?> one : running) {
                one.get();
            }
        }
        return stored.get();
    }

    private static void atRate(Report report, String row, RunningSystem system, byte[][] requests) throws Exception {
        Duration cpu = system.cpu("metadata");
        Latencies latencies = Load.open(CONNECTIONS, requests.length, PER_SECOND, () -> completing(system, requests))
                .latencies();
        latencies.addTo(report, row);
        double perThousand = perThousand(system.cpu("metadata").minus(cpu), requests.length);
        report.figure(row, CPU, Statistics.text(perThousand, 2));
        report.sample(Map.of("row", row, CPU, perThousand));
        OUT.printf(Locale.ROOT, "completions: %s: p99 %.1f ms%n", row, latencies.millis(99));
    }

    private static Load.Client completing(RunningSystem system, byte[][] requests) throws IOException {
        Client client = new Client(system.port("internal"));
        return Load.Client.over(client, number -> {
            Answer answer = client.exchange(requests[number]);
            if (answer.status() != 200) {
                throw new IllegalStateException(answer.toString());
            }
        });
    }

    private static void upload(RunningSystem system, AtomicBoolean going, AtomicInteger stored) throws IOException {
        while (going.get()) {
            system.store(
                    "application/octet-stream",
                    SIZE,
                    (upload, bytes) -> upload.sendSlowly(bytes, SIZE, BYTES_PER_SECOND));
            stored.incrementAndGet();
        }
    }

    private static SequencedMap<String, Double> rate(Load.Passed passed, Duration cpu) {
        SequencedMap<String, Double> figures = new LinkedHashMap<>();
        figures.put("completions/s", passed.perSecond());
        figures.put(CPU, perThousand(cpu, passed.latencies().size()));
        return figures;
    }

    private static double perThousand(Duration cpu, int count) {
        return cpu.toNanos() / 1e6 / count;
    }

    private static Duration ownCpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    }
}
