package dev.sluice.it.storm;

import dev.sluice.it.Api;
import dev.sluice.it.MinioSender;
import dev.sluice.it.Payload;
import dev.sluice.it.net.Answer;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.storm.History.Entry;
import dev.sluice.it.storm.History.Outcome;
import dev.sluice.it.storm.Operation.Conduct;
import dev.sluice.it.storm.Operation.Digest;
import dev.sluice.it.storm.Operation.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Clients of a system that runs, as the outside reaches it. */
record EdgeClient(Stack stack) implements Client {
    private static final Duration LONGEST = Duration.ofMinutes(2);

    /** Answers that leave open what became of the upload: the one who gave them may not know himself, or says nothing of it. */
    private static final Set<String> DOUBTFUL = Set.of("outcome-unknown", "gateway-unavailable", "superseded", "");

    @Override
    public Entry upload(Operation operation, Conduct conduct) {
        try (RawUpload upload = open(operation)) {
            return send(upload, operation, conduct);
        } catch (IOException gone) {
            return Entry.silence("gone");
        } catch (IllegalStateException | IllegalArgumentException | IndexOutOfBoundsException torn) {
            return Entry.silence("a torn answer");
        }
    }

    private Entry send(RawUpload upload, Operation operation, Conduct conduct) throws IOException {
        try (InputStream body = operation.payload().stream()) {
            long size = operation.payload().size();
            switch (conduct) {
                case STEADY, TWICE_AT_ONCE -> upload.send(body, size);
                case SLOW -> upload.sendSlowly(body, size, 40_000 + size / 4);
                case LEAVES_IN_BODY -> {
                    upload.send(body, size / 2);
                    upload.reset();
                    return Entry.silence("left in the body");
                }
                case STOPS_IN_BODY -> {
                    upload.send(body, size / 2);
                    upload.shutdownOutput();
                    return told(upload.answer(LONGEST));
                }
                case LEAVES_AFTER_END -> {
                    upload.send(body, size);
                    upload.finish();
                    return Entry.silence("left after the end");
                }
            }
            upload.finish();
        } catch (IOException refused) {
            return told(upload.answer(LONGEST));
        }
        return told(upload.answer(LONGEST));
    }

    private RawUpload open(Operation operation) throws IOException {
        String encoded = encoded(operation.name());
        Map<String, String> headers = new HashMap<>(Map.of("Authorization", "Bearer " + stack.key(operation.owner())));
        headers.put("Content-Type", contentType(operation));
        operation.key().ifPresent(key -> headers.put("Idempotency-Key", key));
        if (operation.shape().digest() != Digest.NONE) {
            headers.put("Repr-Digest", digest(operation));
        }
        boolean posted = operation.shape().posted() || operation.kind() == Kind.FORM;
        if (posted) {
            headers.put("Content-Disposition", "attachment; filename*=UTF-8''" + encoded);
        }
        OptionalLong length = operation.shape().chunked()
                ? OptionalLong.empty()
                : OptionalLong.of(operation.payload().size());
        return new RawUpload(stack.port(), posted ? "POST /upload" : "PUT /upload/" + encoded, headers, length);
    }

    private static String contentType(Operation operation) {
        if (operation.kind() == Kind.FORM) {
            return "multipart/form-data; boundary=storm";
        }
        return operation.shape().counted() ? "application/x-count" : "application/octet-stream";
    }

    /** A wrong one is that of another file. */
    private static String digest(Operation operation) {
        return operation.shape().digest() == Digest.RIGHT
                ? operation.payload().reprDigest()
                : new Payload(operation.payload().seed() + 1, 10).reprDigest();
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }

    private static Entry told(Answer answer) {
        if (isTorn(answer)) {
            return Entry.silence("a torn answer");
        }
        int status = answer.status();
        String code = answer.code();
        Outcome outcome = Outcome.FAIL;
        if (status == 201 || status == 202) {
            outcome = Outcome.OK;
        } else if (status == 500 || DOUBTFUL.contains(code)) {
            outcome = Outcome.UNKNOWN;
        }
        return new Entry(outcome, status, code, outcome == Outcome.FAIL ? Optional.empty() : answer.uploadId());
    }

    /** Whether nginx died within it. */
    private static boolean isTorn(Answer answer) {
        int length = answer.body().getBytes(StandardCharsets.UTF_8).length;
        return answer.header("content-length")
                .filter(declared -> Integer.parseInt(declared) > length)
                .isPresent();
    }

    @Override
    public boolean put(Operation operation) {
        try {
            stack.bucket().put(operation.name(), operation.payload(), Map.of());
            return true;
        } catch (IllegalStateException away) {
            return false;
        }
    }

    @Override
    public Entry announce(Operation operation, boolean there) {
        try {
            Answer answer = operation.kind() == Kind.NOTIFICATION
                    ? MinioSender.of(stack).notify(operation.name())
                    : new Api(stack, operation.owner()).hint(stack.bucket().urlOf(operation.name()));
            boolean empty = operation.kind() == Kind.EMPTY_ANNOUNCEMENT;
            if (answer.code().equals("metadata-unavailable")) {
                // from nginx: it may have been written down before the metadata service went away
                return new Entry(Outcome.UNKNOWN, answer.status(), answer.code(), Optional.empty());
            }
            if (answer.status() != 200) {
                return told(answer);
            }
            Optional<String> id = operation.kind() == Kind.NOTIFICATION ? Optional.empty() : answer.uploadId();
            return new Entry(there ? Outcome.OK : empty ? Outcome.FAIL : Outcome.UNKNOWN, 200, "announced", id);
        } catch (UncheckedIOException gone) {
            return Entry.silence("gone");
        }
    }

    @Override
    public Entry announceAgain(Operation operation, String uploadId) {
        try {
            Api api = new Api(stack, operation.owner());
            Answer answer = api.hint(stack.bucket().urlOf(api.upload(uploadId).getString("key")));
            return answer.status() == 200
                    ? new Entry(Outcome.OK, 200, "announced again", answer.uploadId())
                    : new Entry(Outcome.UNKNOWN, answer.status(), answer.code(), Optional.empty());
        } catch (UncheckedIOException | IllegalStateException gone) {
            return Entry.silence("gone");
        }
    }

    @Override
    public int look(String viewer, String path) {
        try {
            return new Api(stack, viewer).get(path).status();
        } catch (UncheckedIOException gone) {
            return 0;
        }
    }
}
