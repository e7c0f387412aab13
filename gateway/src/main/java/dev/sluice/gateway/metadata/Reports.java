package dev.sluice.gateway.metadata;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;

/** Brings reports to the metadata service: with some patience at once, and else in the background until it answers. Thread-safe. */
public final class Reports implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Reports.class.getName());
    private static final int MOST_WAITING = 10_000;
    private static final Duration ONE_TRY = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration FOR_EVER = Duration.ofDays(365);

    private final MetadataClient client;
    private final Semaphore room = new Semaphore(MOST_WAITING);
    private final Semaphore talking = new Semaphore(16);
    private final ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();

    public Reports(MetadataClient client) {
        this.client = client;
    }

    /**
     * Empty when nobody answered within {@code patience}: then the report goes on being sent. {@code answered} runs once, whenever the
     * answer comes, or before a report that cannot be written is thrown back.
     */
    public Optional<ReportAnswer> send(Report report, Duration patience, Runnable answered) {
        Pauses pauses = new Pauses(patience, FIRST_PAUSE, LONGEST_PAUSE);
        // of a last try, only that its time was short might be known
        Optional<MetadataException> first = Optional.empty();
        do {
            try {
                ReportAnswer answer = client.tell(report, pauses.left());
                answered.run();
                return Optional.of(answer);
            } catch (MetadataException e) {
                first = first.or(() -> Optional.of(e));
            } catch (RuntimeException e) {
                answered.run();
                throw e;
            }
        } while (pauses.pause());
        LOG.log(
                System.Logger.Level.INFO,
                "report waits " + report.name() + " reason=\""
                        + first.orElseThrow().getMessage() + '"');
        sendLater(report, answered);
        return Optional.empty();
    }

    /** How many reports still wait for an answer. */
    public int waiting() {
        return MOST_WAITING - room.availablePermits();
    }

    /** Gives up what nobody has answered: checks of the metadata service will find it. */
    @Override
    public void close() {
        background.shutdownNow();
    }

    private void sendLater(Report report, Runnable answered) {
        if (!room.tryAcquire()) {
            LOG.log(System.Logger.Level.WARNING, "report dropped " + report.name());
            answered.run();
            return;
        }
        try {
            background.execute(() -> {
                try {
                    sendUntilAnswered(report);
                } finally {
                    room.release();
                    answered.run();
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.WARNING, "report dropped, stopping " + report.name(), e);
            room.release();
            answered.run();
        }
    }

    private void sendUntilAnswered(Report report) {
        Pauses pauses = new Pauses(FOR_EVER, FIRST_PAUSE, LONGEST_PAUSE);
        while (pauses.pause()) {
            if (tryOnce(report)) {
                LOG.log(System.Logger.Level.INFO, "report answered late " + report.name());
                return;
            }
        }
    }

    private boolean tryOnce(Report report) {
        talking.acquireUninterruptibly();
        try {
            client.tell(report, ONE_TRY);
            return true;
        } catch (MetadataException e) {
            LOG.log(System.Logger.Level.DEBUG, "report waits on " + report.name(), e);
            return false;
        } finally {
            talking.release();
        }
    }
}
