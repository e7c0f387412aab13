package dev.sluice.metadata;

import dev.sluice.metadata.access.Access;
import dev.sluice.metadata.access.Keys;
import dev.sluice.metadata.authorize.Application;
import dev.sluice.metadata.check.CheckSweep;
import dev.sluice.metadata.check.Checker;
import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.db.Database;
import dev.sluice.metadata.delivery.Deliveries;
import dev.sluice.metadata.delivery.EventLogRoutes;
import dev.sluice.metadata.delivery.Receiver;
import dev.sluice.metadata.delivery.Sender;
import dev.sluice.metadata.event.CompletionRoutes;
import dev.sluice.metadata.event.Completions;
import dev.sluice.metadata.event.HintRoutes;
import dev.sluice.metadata.event.Hints;
import dev.sluice.metadata.gateway.Boots;
import dev.sluice.metadata.health.HealthRoutes;
import dev.sluice.metadata.health.LoopSampler;
import dev.sluice.metadata.health.MetricsRoutes;
import dev.sluice.metadata.health.Readiness;
import dev.sluice.metadata.http.Problems;
import dev.sluice.metadata.http.RetryAfter;
import dev.sluice.metadata.job.JobMeters;
import dev.sluice.metadata.job.JobRoutes;
import dev.sluice.metadata.job.JobSignals;
import dev.sluice.metadata.job.JobStore;
import dev.sluice.metadata.job.LeaseRoutes;
import dev.sluice.metadata.job.Leases;
import dev.sluice.metadata.job.Rules;
import dev.sluice.metadata.job.Sweeper;
import dev.sluice.metadata.job.UntakenKinds;
import dev.sluice.metadata.job.Worker;
import dev.sluice.metadata.job.WorkerRepository;
import dev.sluice.metadata.runtime.ClockSteps;
import dev.sluice.metadata.runtime.HaltPoints;
import dev.sluice.metadata.upload.AttemptRoutes;
import dev.sluice.metadata.upload.Gate;
import dev.sluice.metadata.upload.Intents;
import dev.sluice.metadata.upload.ObjectRoutes;
import dev.sluice.metadata.upload.Outcomes;
import dev.sluice.metadata.upload.Reports;
import dev.sluice.metadata.upload.UploadJson;
import dev.sluice.metadata.upload.UploadRoutes;
import dev.sluice.metadata.upload.UploadTables;
import dev.sluice.metadata.webhook.Inbox;
import dev.sluice.metadata.webhook.MinioRoutes;
import dev.sluice.metadata.webhook.WebhookMeters;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpService;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The running process: all parts, built by hand, and what was started of them. */
final class MetadataService implements AutoCloseable {
    static final String INTERNAL = "internal";
    static final long MAX_BODY = 4 * 1024 * 1024;

    private static final Logger LOG = System.getLogger(MetadataService.class.getName());
    private static final Duration GRACE = Duration.ofSeconds(3);
    private static final Duration READY_WITHIN = Duration.ofSeconds(2);

    private static final Map<String, String> PUBLIC_METHODS = Map.of("/upload-complete", "POST");
    private static final Map<String, String> INTERNAL_METHODS = Map.of(
            "/upload-complete", "POST",
            "/internal/objects/{id}", "POST",
            "/internal/uploads/{request}", "PUT",
            "/internal/uploads/{request}/{action}", "POST",
            "/internal/gateways/{name}/heartbeat", "POST");

    private final MetadataConfig config;
    private final Database database;
    private final Committer committer;
    private final JobStore store;
    private final Deliveries deliveries;
    private final Rules rules;
    private final UploadTables tables;
    private final Outcomes outcomes;
    private final Leases leases;
    private final Access access;
    private final LoopSampler sampler;
    private final WebhookMeters webhooks = new WebhookMeters();
    private final HealthRoutes health;
    private final Optional<Sender> sender;
    private final Optional<Application> application;
    private final Sweeper sweeper;
    private final WebServer server;

    static MetadataService start(MetadataConfig config, HaltPoints haltPoints) throws IOException {
        MetadataService service = new MetadataService(config, haltPoints);
        service.start();
        return service;
    }

    private MetadataService(MetadataConfig config, HaltPoints haltPoints) throws IOException {
        Clock clock = Clock.systemUTC();
        this.config = config;
        Files.createDirectories(config.data());
        access = new Access(
                new Keys(config.keys()),
                config.anonymous(),
                config.secrets().gateway(),
                config.secrets().worker());
        database = new Database(config.data().resolve("sluice.db"), config.maxDatabaseBytes());
        committer = new Committer(database, config.commit(), haltPoints);
        store = new JobStore(database, committer, new JobSignals(), new JobMeters(), clock);
        deliveries = new Deliveries(config.receiver().isPresent(), config.objectUrls());
        rules = new Rules(config.rules(), store.signals());
        tables = new UploadTables(database, committer, boots(), clock);
        outcomes = tables.outcomes(rules, deliveries);
        leases = new Leases(
                store, config.jobs(), new Checker(tables, outcomes, config.times()), deliveries, new SecureRandom());
        sampler = new LoopSampler(config.loop());
        health = new HealthRoutes(new Readiness(database, committer, clock, READY_WITHIN), sampler, this::workersAlive);
        sender = config.receiver().map(receiver -> sender(receiver, haltPoints));
        sweeper = new Sweeper(store, leases, sweepTimes(), new ClockSteps(clock, System::nanoTime), atEachSweep());
        application = config.application().map(settings -> new Application(settings, clock));
        server = server();
    }

    private void start() {
        sampler.start();
        sender.ifPresent(Sender::start);
        server.start();
        tables.boots().becameReady();
        sweeper.start();
        LOG.log(
                Level.INFO,
                "metadata service started listen=" + config.listen().address().getHostAddress() + ':' + port()
                        + " internal_port=" + internalPort());
    }

    int port() {
        return server.port();
    }

    int internalPort() {
        return server.port(INTERNAL);
    }

    /** Answers what has begun, lets waiting workers and clients go, and commits what is handed over. */
    @Override
    public void close() {
        store.signals().stop();
        server.stop();
        application.ifPresent(Application::close);
        sweeper.close();
        sender.ifPresent(Sender::close);
        sampler.close();
        committer.close();
        database.close();
        LOG.log(Level.INFO, "metadata service stopped");
    }

    private Boots boots() {
        return new Boots(
                System::nanoTime,
                committer::canWrite,
                new Boots.Limits(
                        config.times().silent(),
                        config.times().replaced(),
                        config.times().sweep(),
                        config.times().lateTimer()));
    }

    private Sender sender(Receiver receiver, HaltPoints haltPoints) {
        return new Sender(
                new Sender.Store(database, committer, haltPoints, store.clock(), new SecureRandom()),
                deliveries,
                receiver,
                config.times().sweep());
    }

    private Sweeper.Times sweepTimes() {
        return new Sweeper.Times(
                config.times().sweep(), config.times().lateTimer(), Duration.ofHours(1), Duration.ofDays(1));
    }

    private Runnable atEachSweep() {
        CheckSweep checks = new CheckSweep(tables, rules);
        Duration delivery = config.receiver().map(Receiver::longestPause).orElse(RetryAfter.LONGEST);
        DueTimes dueTimes = new DueTimes(
                store,
                leases,
                tables.attempts(),
                new DueTimes.Limits(config.times(), delivery),
                new ClockSteps(store.clock(), System::nanoTime));
        UntakenKinds kinds = new UntakenKinds(store, config.rules());
        return () -> {
            dueTimes.run();
            checks.run();
            kinds.run();
        };
    }

    private int workersAlive() {
        return (int) database.read(WorkerRepository::present).stream()
                .filter(Worker::alive)
                .count();
    }

    private WebServer server() {
        return WebServer.builder()
                .bindAddress(config.listen().socket())
                .maxPayloadSize(MAX_BODY)
                .shutdownGracePeriod(GRACE)
                .shutdownHook(false)
                .directHandlers(Problems.directHandlers())
                .routing(routing -> register(routing, publicRoutes(), PUBLIC_METHODS))
                .putSocket(INTERNAL, socket -> socket.bindAddress(
                                config.internalListen().socket())
                        .maxPayloadSize(MAX_BODY)
                        .shutdownGracePeriod(GRACE)
                        .directHandlers(Problems.directHandlers())
                        .routing(routing -> register(routing, internalRoutes(), INTERNAL_METHODS)))
                .build();
    }

    private static void register(HttpRouting.Builder routing, List<HttpService> services, Map<String, String> methods) {
        services.forEach(routing::register);
        methods.forEach((path, allowed) -> Problems.methods(routing, path, allowed));
        Problems.register(routing);
    }

    private List<HttpService> publicRoutes() {
        Hints hints = new Hints(tables, rules, config.uploads(), config.times());
        List<HttpService> routes = new ArrayList<>(List.of(
                new UploadRoutes(access, tables, new UploadJson(tables.attempts(), tables.boots(), new Parts())),
                new JobRoutes(store, access),
                new EventLogRoutes(database, access),
                new HintRoutes(access, hints, config.stores()),
                health));
        config.minio()
                .map(minio -> new MinioRoutes(
                        minio.tokens(), new Inbox("minio", tables, hints, minio.owner(), buckets(), webhooks)))
                .ifPresent(routes::add);
        return routes;
    }

    /** Those whose objects are anybody's business here. */
    private Set<String> buckets() {
        return Stream.concat(
                        config.uploads().buckets(), config.stores().stream().flatMap(known -> known.buckets().stream()))
                .collect(Collectors.toSet());
    }

    private List<HttpService> internalRoutes() {
        Gate gate = new Gate(access, config.uploads(), application);
        return List.of(
                new AttemptRoutes(
                        access,
                        new Intents(tables, gate, config.uploads(), config.times()),
                        new Reports(tables, outcomes, config.times().recheck()),
                        store.clock()),
                new ObjectRoutes(access, tables),
                new CompletionRoutes(config.secrets().signing(), new Completions(tables, outcomes), store.clock()),
                new LeaseRoutes(leases, store, access),
                new MetricsRoutes(store, sampler, webhooks),
                health);
    }
}
