package dev.sluice.benchmark;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.RawUpload;
import dev.sluice.metadata.event.StoredMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** How many uploads a second can be made durably complete, and how long one completion takes beside running uploads. */
final class CompletionsBenchmark implements Benchmark {
    private static final PrintStream OUT = System.out;
    private static final int ROUNDS = 3;
    private static final int WARM_UP = 20_000;
    private static final int CALLERS = 512;
    private static final int CONNECTIONS = 64;
    private static final int PER_SECOND = 500;
    private static final int UPLOADS = 64;
    private static final byte[] BODY = new byte[4 << 20];
    private static final long BYTES_PER_SECOND = 256 << 10;

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

    @Override
    public String name() {
        return "completions";
    }

    @Override
    public String summary() {
        return "durable completions: committer alone, over HTTP with signature, p99 at 500/s beside 64 uploads";
    }

    @Override
    public void run(Report report, boolean quick) throws Exception {
        alone(report, quick ? 500 : 20_000);
        signed(report, quick ? 500 : 15_000);
        besideUploads(report, quick ? 2 : 20);
    }

    static void alone(Report report, int count) throws Exception {
        Path folder = Path.of("target", "committer-" + ProcessHandle.current().pid());
        Files.createDirectories(folder);
        try (CommitterAlone service = new CommitterAlone(folder)) {
            for (int round = 0; round <= ROUNDS; round++) {
                StoredMessage[] messages = new StoredMessage[count];
                Load.closed(CALLERS, count, () -> number -> messages[number] = service.intend());
                long commits = service.commits();
                Duration cpu = ownCpu();
                long nanos = Load.closed(CALLERS, count, () -> number -> service.complete(messages[number]));
                double batch = (double) count / (service.commits() - commits);
                rate(report, round, "committer alone", count, nanos, ownCpu().minus(cpu));
                report.figure("committer alone", "completions a commit", "%.0f".formatted(batch));
            }
        } finally {
            RunningSystem.delete(folder);
        }
    }

    static void signed(Report report, int count) throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                RunningSystem system = new RunningSystem(
                        "signed", RULES, "--callback", "http://127.0.0.1:" + silent.getLocalPort() + "/")) {
            system.freezeWorker();
            SignedMessages messages = new SignedMessages(system);
            for (int round = 0; round <= ROUNDS; round++) {
                byte[][] requests = messages.prepare(count);
                Duration cpu = system.cpu("metadata");
                Duration own = ownCpu();
                long nanos = Load.closed(CONNECTIONS, count, () -> completing(system, requests));
                rate(
                        report,
                        round,
                        "over HTTP, signed",
                        count,
                        nanos,
                        system.cpu("metadata").minus(cpu));
                report.figure(
                        "over HTTP, signed",
                        "client CPU s/1000",
                        text(ownCpu().minus(own).toNanos() / 1e6 / count));
            }
        }
    }

    static void besideUploads(Report report, int seconds) throws Exception {
        try (RunningSystem system = new RunningSystem("beside", RULES)) {
            system.freezeWorker();
            SignedMessages messages = new SignedMessages(system);
            byte[][] first = messages.prepare(WARM_UP);
            Load.closed(CONNECTIONS, WARM_UP, () -> completing(system, first));
            atRate(report, "500/s, no uploads", system, messages.prepare(PER_SECOND * seconds));
            byte[][] requests = messages.prepare(PER_SECOND * seconds);
            AtomicBoolean going = new AtomicBoolean(true);
            AtomicInteger stored = new AtomicInteger();
            try (ExecutorService uploads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < UPLOADS; i++) {
                    running.add(uploads.submit(() -> upload(system, going, stored)));
                }
                try {
                    atRate(report, "500/s beside 64 uploads", system, requests);
                } finally {
                    going.set(false);
                }
                for (Future<?> one : running) {
                    one.get();
                }
            }
            OUT.printf(Locale.ROOT, "beside these completions %d uploads of 4 MiB%n", stored.get());
        }
    }

    private static void atRate(Report report, String row, RunningSystem system, byte[][] requests) throws Exception {
        Duration cpu = system.cpu("metadata");
        Latencies latencies = Load.open(CONNECTIONS, requests.length, PER_SECOND, () -> completing(system, requests));
        latencies.addTo(report, row);
        report.figure(row, "CPU s/1000", text(system.cpu("metadata").minus(cpu).toNanos() / 1e6 / requests.length));
        OUT.printf(Locale.ROOT, "%s: p99 %.1f ms%n", row, latencies.millis(0.99));
    }

    private static Load.Client completing(RunningSystem system, byte[][] requests) throws IOException {
        Connection connection = new Connection(system.port("internal"));
        return Load.Client.over(connection, number -> {
            Answer answer = connection.exchange(requests[number]);
            if (answer.status() != 200) {
                throw new IllegalStateException(answer.toString());
            }
        });
    }

    private static void upload(RunningSystem system, AtomicBoolean going, AtomicInteger stored) {
        try {
            Map<String, String> headers =
                    Map.of("Authorization", "Bearer " + system.key(), "Content-Type", "application/octet-stream");
            while (going.get()) {
                try (RawUpload upload =
                        new RawUpload(system.port(), "PUT /upload/file", headers, OptionalLong.of(BODY.length))) {
                    upload.sendSlowly(new ByteArrayInputStream(BODY), BODY.length, BYTES_PER_SECOND);
                    Answer answer = upload.answer(Duration.ofMinutes(1));
                    if (answer.status() != 201) {
                        throw new IllegalStateException(answer.toString());
                    }
                    stored.incrementAndGet();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void rate(Report report, int round, String row, int count, long nanos, Duration cpu) {
        double perSecond = count * 1e9 / nanos;
        String perThousand = text(cpu.toNanos() / 1e6 / count);
        OUT.printf(Locale.ROOT, "%s, round %d: %.0f/s, %s CPU s/1000%n", row, round, perSecond, perThousand);
        report.sample(Map.of("row", row, "round", "" + round, "per second", "%.0f".formatted(perSecond)));
        if (round > 0) {
            report.figure(row, "round " + round + " 1/s", "%.0f".formatted(perSecond));
            report.figure(row, "CPU s/1000", perThousand);
        }
    }

    private static Duration ownCpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    }

    private static String text(double seconds) {
        return String.format(Locale.ROOT, "%.2f", seconds);
    }
}
