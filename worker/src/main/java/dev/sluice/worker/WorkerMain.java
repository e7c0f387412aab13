package dev.sluice.worker;

import dev.sluice.worker.config.ConfigurationException;
import dev.sluice.worker.config.Settings;
import dev.sluice.worker.runtime.CommandLine;
import dev.sluice.worker.runtime.HaltPoints;
import dev.sluice.worker.runtime.StopSignals;
import io.helidon.logging.common.LogConfig;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Starts the worker: {@code java -jar worker.jar [--config FILE]… [--halt-at NAME:N[:freeze]]… [key=value]…}. */
public final class WorkerMain {
    private static final Logger LOG = System.getLogger(WorkerMain.class.getName());
    private static final int USAGE = 2;
    private static final int KILLED_BY_TERM = 143;

    private WorkerMain() {}

    public static void main(String[] args) throws InterruptedException {
        try {
            CommandLine line = CommandLine.parse(args);
            if (line.help()) {
                System.out.print(Help.TEXT);
            } else if (line.version()) {
                System.out.println(Help.version());
            } else {
                run(line);
            }
        } catch (ConfigurationException | IllegalStateException | IllegalArgumentException e) {
            System.err.println("worker: " + e.getMessage());
            System.exit(USAGE);
        }
    }

    private static void run(CommandLine line) throws InterruptedException {
        LogConfig.configureRuntime();
        WorkerConfig config = configuration(line);
        Worker worker = new Worker(config, new HaltPoints(line.haltAt()), System.getenv());
        AtomicInteger status = new AtomicInteger();
        StopSignals.on(() -> drain(worker, config, status), () -> {
            // the drain ends with the jobs that are abandoned here, perhaps before this does
            status.set(KILLED_BY_TERM);
            worker.abandon();
            Runtime.getRuntime().halt(KILLED_BY_TERM);
        });
        worker.start();
        new CountDownLatch(1).await(); // until a signal ends the process
    }

    private static WorkerConfig configuration(CommandLine line) {
        try {
            return WorkerConfig.from(Settings.load(line.settings(), line.files()));
        } catch (ConfigurationException e) {
            throw line.located(e);
        }
    }

    private static void drain(Worker worker, WorkerConfig config, AtomicInteger status) {
        try {
            worker.drain(config.drain());
        } catch (InterruptedException | RuntimeException e) {
            LOG.log(Level.ERROR, "drain broke off", e);
            worker.abandon();
        }
        Runtime.getRuntime().halt(status.get());
    }
}
