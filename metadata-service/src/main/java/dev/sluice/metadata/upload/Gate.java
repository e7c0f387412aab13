package dev.sluice.metadata.upload;

import dev.sluice.metadata.access.Access;
import dev.sluice.metadata.authorize.Application;
import dev.sluice.metadata.authorize.Decision;
import dev.sluice.metadata.authorize.Question;
import dev.sluice.metadata.authorize.Question.Credentials;
import dev.sluice.metadata.http.LogText;
import dev.sluice.metadata.upload.IntentAnswer.Refuse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;

/** Decides who may upload, and on which terms: by bearer key, and by the application where one is configured (rule 2). Thread-safe. */
public final class Gate {
    private static final Logger LOG = System.getLogger(Gate.class.getName());
    private static final long RETRY_AFTER_SECONDS = 5;

    private final Access access;
    private final UploadPolicy policy;
    private final Optional<Application> application;

    public Gate(Access access, UploadPolicy policy, Optional<Application> application) {
        this.access = access;
        this.policy = policy;
        this.application = application;
    }

    boolean asksTheApplication() {
        return application.isPresent();
    }

    /** May wait for the application: never within a transaction. */
    Admission admit(Intent intent) {
        Optional<String> owner = access.ownerOf(intent.credentials().authorization(), intent.clientAddress());
        if (owner.isEmpty() && application.isEmpty()) {
            return new Refuse(401, "unauthorized", "A valid bearer key is needed.");
        }
        if (intent.longerThan(policy.maxBytes())) {
            return tooLarge(policy.maxBytes());
        }
        return application
                .map(asked -> ask(asked, intent, owner))
                .orElseGet(() -> new Admission.Terms(
                        KeySpace.of(owner.orElseThrow()), policy.bucket(), policy.maxBytes(), Optional.empty()));
    }

    private Admission ask(Application asked, Intent intent, Optional<String> owner) {
        if (!intent.credentials().clean()) {
            return new Refuse(400, "bad-request", "Authorization is printable ASCII, and no header has line breaks.");
        }
        Credentials credentials = intent.credentials().fit();
        // our own keys are for us: the application hears whose it is
        Decision decision = asked.ask(new Question(
                access.issued(credentials.authorization())
                        ? new Credentials(Optional.empty(), credentials.cookie())
                        : credentials,
                intent.correlationId(),
                owner,
                intent.clientAddress(),
                intent.declared().filename(),
                intent.declared().contentType(),
                intent.declared().length()));
        return switch (decision) {
            case Decision.Allowed allowed ->
                admitted(allowed, intent, keys(allowed, owner.orElse(asked.owner()), intent));
            case Decision.Refused refused -> new Refuse(refused.status(), "refused-by-application", refused.detail());
            case Decision.Undecided undecided -> undecided(undecided.retryAfterSeconds());
        };
    }

    /** A user's, as the application names him or as his credentials tell him from others; the owner's where the owner is the client. */
    private KeySpace keys(Decision.Allowed allowed, String known, Intent intent) {
        String owner = allowed.owner().orElse(known);
        if (allowed.user().isPresent()) {
            return KeySpace.ofUser(owner, allowed.user().get());
        }
        boolean named = allowed.owner().isPresent()
                || access.issued(intent.credentials().authorization());
        return named ? KeySpace.of(owner) : KeySpace.ofCredentials(owner, intent.credentials());
    }

    private Admission admitted(Decision.Allowed allowed, Intent intent, KeySpace keys) {
        String bucket = allowed.bucket().orElse(policy.bucket());
        if (!policy.takes(bucket)) {
            LOG.log(
                    Level.WARNING,
                    "application undecided reason=bucket not in metadata.authorize.buckets bucket="
                            + LogText.of(bucket) + " correlation="
                            + intent.correlationId().map(LogText::of).orElse("-"));
            return undecided(Optional.empty());
        }
        long limit = Math.min(policy.maxBytes(), allowed.maxBytes().orElse(policy.maxBytes()));
        if (intent.longerThan(limit)) {
            return tooLarge(limit);
        }
        return new Admission.Terms(keys, bucket, limit, allowed.data());
    }

    private static Refuse undecided(Optional<Long> retryAfterSeconds) {
        return new Refuse(
                503,
                "application-unavailable",
                "The application did not decide about this upload; nothing was read.",
                Optional.of(retryAfterSeconds.orElse(RETRY_AFTER_SECONDS)),
                Optional.empty());
    }

    private static Refuse tooLarge(long limit) {
        return new Refuse(413, "upload-too-large", "The limit is " + limit + " bytes.");
    }
}
