package dev.sluice.gateway.upload;

import static dev.sluice.gateway.upload.UploadResult.rejected;

import dev.sluice.gateway.health.Metrics;
import dev.sluice.gateway.metadata.Clocks;
import dev.sluice.gateway.metadata.Decision;
import dev.sluice.gateway.metadata.Intent;
import dev.sluice.gateway.metadata.MetadataClient;
import dev.sluice.gateway.metadata.MetadataException;
import dev.sluice.gateway.metadata.Report;
import dev.sluice.gateway.metadata.Report.Reason;
import dev.sluice.gateway.metadata.ReportAnswer;
import dev.sluice.gateway.metadata.Reports;
import dev.sluice.gateway.runtime.HaltPoint;
import dev.sluice.gateway.runtime.HaltPoints;
import dev.sluice.gateway.storage.NewObject;
import dev.sluice.gateway.storage.ObjectStore;
import dev.sluice.gateway.storage.PendingObject;
import dev.sluice.gateway.storage.StorageException;
import dev.sluice.gateway.storage.StoredObject;
import dev.sluice.gateway.upload.BodyException.Kind;
import dev.sluice.gateway.upload.UploadResult.Accepted;
import dev.sluice.gateway.upload.UploadResult.Refused;
import dev.sluice.gateway.upload.UploadResult.Replayed;
import dev.sluice.gateway.upload.UploadResult.Stored;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Takes one upload from its intent to its last report (docs/upload-life.md); knows neither HTTP nor S3. Thread-safe. */
public final class UploadReceiver {
    private static final System.Logger LOG = System.getLogger(UploadReceiver.class.getName());
    private static final Duration REPORT_PATIENCE = Duration.ofSeconds(1);

    /** What the receiver works with. */
    public record Parts(
            ObjectStore store,
            MetadataClient metadata,
            Reports reports,
            Clocks clocks,
            OpenUploads uploads,
            Metrics metrics,
            HaltPoints halt) {}

    private final Parts parts;
    private final UploadSettings settings;

    public UploadReceiver(Parts parts, UploadSettings settings) {
        this.parts = parts;
        this.settings = settings;
    }

    UploadResult receive(Intent intent, Client client) {
        if (parts.uploads().draining()) {
            return rejected(Problem.DRAINING, "This gateway is stopping.");
        }
        if (parts.clocks().skewed()) {
            return rejected(Problem.CLOCK_SKEW, "This gateway's clock is off.");
        }
        try (OpenUpload upload = parts.uploads().open(intent.clientAddress())) {
            UploadResult result = decide(intent, upload, client);
            upload.body().ifPresent(body -> parts.metrics().received(body.received()));
            return result;
        } catch (RefusedException e) {
            return rejected(e.problem(), e.detail());
        }
    }

    private UploadResult decide(Intent intent, OpenUpload upload, Client client) {
        Decision decision;
        try {
            decision = parts.metadata().intent(upload.request(), intent);
        } catch (MetadataException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "intent undecided request=" + upload.request() + correlation(intent),
                    e);
            return rejected(Problem.METADATA_UNAVAILABLE, "Nobody could decide about this upload; nothing was read.");
        }
        parts.halt().reached(HaltPoint.INTENT_SENT);
        return switch (decision) {
            case Decision.Replay replay -> new Replayed(replay.receipt());
            case Decision.Refuse refusal -> new Refused(refusal);
            case Decision.Receive receive -> relay(new Attempt(intent, upload, receive, client, new AtomicBoolean()));
        };
    }

    private UploadResult relay(Attempt attempt) {
        LOG.log(
                System.Logger.Level.INFO,
                "upload begun " + attempt.name() + " attempt="
                        + attempt.receive().attempt());
        if (parts.clocks().skewed()) {
            return fail(attempt, Reason.INTERNAL_ERROR, Problem.CLOCK_SKEW, "This gateway's clock is off.");
        }
        if (attempt.intent().length().orElse(0) > attempt.receive().maxBytes()) {
            return fail(
                    attempt,
                    Reason.TOO_LARGE,
                    Problem.UPLOAD_TOO_LARGE,
                    "The limit is " + attempt.receive().maxBytes() + " bytes.");
        }
        try {
            attempt.upload()
                    .belongsTo(
                            attempt.receive().uploader(),
                            attempt.intent().length().isEmpty());
            return announce(attempt, store(attempt));
        } catch (RefusedException e) {
            return fail(attempt, Reason.GATEWAY_FULL, e.problem(), e.detail());
        } catch (BodyException e) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "body ended " + attempt.name() + " reason="
                            + e.kind().reason().wireName());
            return fail(attempt, e.kind().reason(), e.kind().problem(), e.detail());
        } catch (StorageException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "store failed " + attempt.name() + " kind=" + e.kind().word() + " reason=\"" + e.getMessage() + '"',
                    e);
            return storeFailed(attempt, e);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "upload failed by our fault " + attempt.name(), e);
            String detail = "This is our fault; the log has it.";
            return attempt.ending().get()
                    ? doubt(attempt, detail)
                    : fail(attempt, Reason.INTERNAL_ERROR, Problem.INTERNAL_ERROR, detail);
        }
    }

    /** The one loop over the bytes: at least one of them stays here until every check has passed (rule 3). */
    private Report.Completion store(Attempt attempt) {
        try (PendingObject object = parts.store().begin(attempt.newObject())) {
            ReceivedBody body = attempt.begin();
            CopyBuffer buffer = new CopyBuffer(settings.bufferSize());
            buffer.fill(body);
            parts.halt().reached(HaltPoint.BODY);
            while (!body.ended()) {
                buffer.passOn(object);
                buffer.fill(body);
                parts.halt().reached(HaltPoint.BODY);
            }
            long receivedAt = System.currentTimeMillis();
            Optional<String> sha256 = checked(attempt, body);
            parts.halt().reached(HaltPoint.END_HELD);
            attempt.ending().set(true);
            StoredObject stored = buffer.commit(object);
            parts.halt().reached(HaltPoint.STORED);
            return attempt.completion(stored, sha256, receivedAt);
        }
    }

    private static String correlation(Intent intent) {
        return " correlation=" + intent.trace().correlationId();
    }

    private static Optional<String> checked(Attempt attempt, ReceivedBody body) {
        Optional<String> actual = body.sha256();
        Optional<String> declared = attempt.intent().sha256();
        if (declared.isPresent() && !declared.equals(actual)) {
            throw new BodyException(
                    Kind.DIGEST_MISMATCH,
                    "The body's sha-256 is " + actual.orElse("") + ", not " + declared.get() + ".");
        }
        return actual;
    }

    private UploadResult announce(Attempt attempt, Report.Completion completion) {
        Optional<ReportAnswer> answer = report(attempt, completion, settings.completionPatience());
        if (answer.isEmpty()) {
            return new Accepted(attempt.id());
        }
        parts.halt().reached(HaltPoint.ANNOUNCED);
        LOG.log(System.Logger.Level.INFO, "upload announced " + attempt.name() + " bytes=" + completion.size());
        return switch (answer.get()) {
            case ReportAnswer.Recorded recorded ->
                recorded.receipt().<UploadResult>map(Stored::new).orElseGet(() -> new Accepted(attempt.id()));
            case ReportAnswer.Superseded superseded ->
                rejected(Problem.SUPERSEDED, "A later attempt took this upload over.", attempt.id());
        };
    }

    private UploadResult storeFailed(Attempt attempt, StorageException e) {
        String detail = String.valueOf(e.getMessage());
        return switch (e.kind()) {
            case OUTCOME_UNKNOWN -> doubt(attempt, detail);
            case UNAVAILABLE ->
                fail(attempt, Reason.STORE_UNAVAILABLE, Problem.STORE_UNAVAILABLE, "The store is not available.");
            case THROTTLED ->
                fail(attempt, Reason.STORE_THROTTLED, Problem.STORE_THROTTLED, "The store is overloaded.");
            case FULL -> fail(attempt, Reason.STORE_FULL, Problem.STORE_FULL, "The store has no space.");
            case REFUSED -> fail(attempt, Reason.STORE_REFUSED, Problem.STORE_REFUSED, "The store refused the upload.");
            case BUDGET ->
                fail(attempt, Reason.GATEWAY_FULL, Problem.TOO_MANY_UPLOADS, "No buffer is free for this upload.");
        };
    }

    private UploadResult doubt(Attempt attempt, String detail) {
        parts.metrics().inDoubt();
        Report doubt = new Report.InDoubt(
                attempt.upload().request(),
                attempt.intent().trace(),
                attempt.receive().attempt(),
                detail);
        report(attempt, doubt, REPORT_PATIENCE);
        return rejected(Problem.OUTCOME_UNKNOWN, "Whether the upload was stored is being checked.", attempt.id());
    }

    private UploadResult fail(Attempt attempt, Reason reason, Problem problem, String detail) {
        Report verdict = new Report.Verdict(
                attempt.upload().request(),
                attempt.intent().trace(),
                attempt.receive().attempt(),
                reason,
                detail,
                attempt.upload().progress().received());
        report(attempt, verdict, REPORT_PATIENCE);
        return rejected(problem, detail, attempt.id());
    }

    private Optional<ReportAnswer> report(Attempt attempt, Report report, Duration patience) {
        attempt.upload().reporting();
        return parts.reports().send(report, patience, attempt.upload()::reported);
    }

    /** One attempt that the metadata service has let in; {@code ending} is set before anything of its end may be sent. */
    private record Attempt(
            Intent intent, OpenUpload upload, Decision.Receive receive, Client client, AtomicBoolean ending) {
        String id() {
            return receive.uploadId();
        }

        /** How log lines name it. */
        String name() {
            return "id=" + id() + correlation(intent);
        }

        NewObject newObject() {
            return new NewObject(
                    receive.key(), id(), receive.contentType().orElse(intent.contentType()), intent.length());
        }

        ReceivedBody begin() {
            boolean digest = receive.wantSha256()
                    || intent.wantSha256()
                    || intent.sha256().isPresent();
            ReceivedBody body = new ReceivedBody(
                    client.body(),
                    new ReceivedBody.Bounds(intent.length(), receive.maxBytes(), digest),
                    cut -> client.answerNow(rejected(cut.kind().problem(), cut.detail(), id())));
            upload.receives(body);
            return body;
        }

        Report.Completion completion(StoredObject stored, Optional<String> sha256, long receivedAt) {
            return new Report.Completion(
                    upload.request(),
                    intent.trace(),
                    id(),
                    receive.attempt(),
                    stored.key().bucket(),
                    stored.key().key(),
                    stored.size(),
                    stored.crc32c(),
                    sha256,
                    stored.etag(),
                    stored.versionId(),
                    receivedAt,
                    System.currentTimeMillis());
        }
    }
}
