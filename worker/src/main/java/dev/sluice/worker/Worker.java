package dev.sluice.worker;

import dev.sluice.worker.builtin.ChildMain;
import dev.sluice.worker.check.CheckHandler;
import dev.sluice.worker.lease.JobHandler;
import dev.sluice.worker.lease.LeaseClient;
import dev.sluice.worker.lease.LeaseLoop;
import dev.sluice.worker.lease.MetadataException;
import dev.sluice.worker.process.BuiltInHandler;
import dev.sluice.worker.process.ChildPool;
import dev.sluice.worker.process.CommandHandler;
import dev.sluice.worker.process.GroupRecords;
import dev.sluice.worker.process.ObjectLinks;
import dev.sluice.worker.process.Spawner;
import dev.sluice.worker.process.Tools;
import dev.sluice.worker.process.WorkFolder;
import dev.sluice.worker.runtime.HaltPoint;
import dev.sluice.worker.runtime.HaltPoints;
import dev.sluice.worker.store.Store;
import dev.sluice.worker.store.StoreObject;
import jakarta.json.JsonObject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** All parts of one worker, wired; ends with {@link #drain} or {@link #abandon}. */
final class Worker {
    private static final Logger LOG = System.getLogger(Worker.class.getName());

    private final WorkerConfig config;
    private final Store store;
    private final GroupRecords records;
    private final ChildPool children;
    private final LeaseClient client;
    private final String boot = UUID.randomUUID().toString();
    private final LeaseLoop jobs;
    private final LeaseLoop checks;

    /** {@code environment}: the variables of this process, from which commands get what they are allowed. */
    Worker(WorkerConfig config, HaltPoints halt, Map<String, String> environment) {
        this.config = config;
        Tools tools = Tools.find(environment.getOrDefault("PATH", ""));
        this.records = new GroupRecords(config.state(), tools);
        this.store = new Store(config.storage().store());
        Spawner spawner = new Spawner(tools, records);
        this.children = new ChildPool(spawner, config.builtIn(), config.state(), environment);
        ObjectLinks links = this::readLink;
        Map<String, JobHandler> handlers = new TreeMap<>();
        ChildMain.kinds().forEach(kind -> handlers.put(kind, new BuiltInHandler(children, config.builtIn(), links)));
        config.commands()
                .forEach((kind, spec) ->
                        handlers.put(kind, new CommandHandler(spec, spawner, links, config.state(), environment)));
        this.client = new LeaseClient(config.metadataUrl(), config.token());
        LeaseLoop.Identity identity = new LeaseLoop.Identity(config.name(), boot, config.longPoll(), new SelfStats());
        this.jobs = new LeaseLoop(
                client,
                identity,
                new LeaseLoop.Work(
                        "jobs",
                        new LeaseLoop.Moments(HaltPoint.JOB_STARTED, HaltPoint.JOB_DONE),
                        config.slots().processes(),
                        handlers),
                halt);
        JobHandler check = new CheckHandler(store, config.storage().wantsChecksum());
        this.checks = new LeaseLoop(
                client,
                identity,
                new LeaseLoop.Work(
                        "checks",
                        new LeaseLoop.Moments(HaltPoint.CHECK_STARTED, HaltPoint.CHECK_DONE),
                        config.slots().checks(),
                        Map.of("check", check)),
                halt);
    }

    void start() {
        int killed = records.killLeftovers();
        WorkFolder.removeLeftovers(config.state());
        if (config.storage().createBucket()) {
            new BucketMaker(
                            store,
                            config.storage().store().address().url(),
                            config.storage().bucket(),
                            config.state())
                    .start();
        }
        children.startAhead();
        jobs.start();
        checks.start();
        LOG.log(Level.INFO, "worker started name=" + config.name() + " leftovers_killed=" + killed);
    }

    /** Takes no more jobs, lets running ones finish for a while, gives the rest back. */
    void drain(Duration limit) throws InterruptedException {
        LOG.log(Level.INFO, "worker draining limit=" + limit);
        Instant deadline = Instant.now().plus(limit);
        jobs.stopLeasing();
        checks.stopLeasing();
        sayStopped();
        checks.drain(deadline);
        jobs.drain(deadline);
        children.close();
        records.killLeftovers();
        store.close();
        LOG.log(Level.INFO, "worker stopped name=" + config.name());
    }

    /** Not to be heard is no harm: what an unanswered request is granted runs out by itself. */
    private void sayStopped() throws InterruptedException {
        try {
            client.stopped(boot);
        } catch (MetadataException e) {
            LOG.log(Level.WARNING, "stop not heard reason=" + e.getMessage());
        }
    }

    /** Kills every child now; leases that cannot be given back in time run out by themselves. */
    void abandon() {
        jobs.giveBack(); // or the kill would be reported as a crash of the job
        records.killLeftovers();
    }

    private String readLink(JsonObject payload) {
        StoreObject object = new StoreObject(payload.getString("bucket"), payload.getString("key"));
        return store.presignGet(object, Optional.ofNullable(payload.getString("version_id", null)));
    }
}
