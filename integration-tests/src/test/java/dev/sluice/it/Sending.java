package dev.sluice.it;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Stack;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One file that a client wants stored: its name, which no other has, its bytes, and how it sends them.
 *
 * @param bytesPerSecond how fast
 */
public record Sending(
        String filename, Payload payload, boolean chunked, Map<String, String> headers, long bytesPerSecond) {
    private static final Duration LONGEST = Duration.ofMinutes(3);

    public static Sending of(String filename, Payload payload) {
        return new Sending(filename, payload, false, Map.of(), Long.MAX_VALUE);
    }

    /** A file whose size, framing and Idempotency-Key a seed decides. */
    public static Sending random(String filename, SplittableRandom random) {
        long size = random.nextInt(4) == 0 ? random.nextInt(7 << 20) : random.nextInt(300_000);
        return random(Sending.of(filename, new Payload(random.nextLong(), size)), random);
    }

    /** The same below 100 kB. */
    public static Sending small(String filename, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return random(Sending.of(filename, new Payload(seed, random.nextInt(100_000))), random);
    }

    private static Sending random(Sending sending, SplittableRandom random) {
        Sending framed = random.nextBoolean() ? sending : sending.inChunks();
        return random.nextBoolean() ? framed.with("Idempotency-Key", "key of " + sending.filename()) : framed;
    }

    public Sending inChunks() {
        return new Sending(filename, payload, true, headers, bytesPerSecond);
    }

    public Sending atBytesPerSecond(long speed) {
        return new Sending(filename, payload, chunked, headers, speed);
    }

    public Sending with(String header, String value) {
        Map<String, String> all = new HashMap<>(headers);
        all.put(header, value);
        return new Sending(filename, payload, chunked, Map.copyOf(all), bytesPerSecond);
    }

    public boolean hasKey() {
        return headers.containsKey("Idempotency-Key");
    }

    /** Sends the head only. */
    public RawUpload open(Stack stack) throws IOException {
        return openAt(stack, stack.port());
    }

    /** The same to another port than that of nginx. */
    RawUpload openAt(Stack stack, int port) throws IOException {
        Map<String, String> all = new HashMap<>(headers);
        all.putIfAbsent("Authorization", "Bearer " + stack.key("default"));
        all.putIfAbsent("Content-Type", "application/octet-stream");
        return new RawUpload(
                port, "PUT /upload/" + filename, all, chunked ? OptionalLong.empty() : OptionalLong.of(payload.size()));
    }

    /** Sends all of it; whoever is refused early still hears the answer. */
    public Answer send(Stack stack) throws IOException {
        return sendTo(stack, stack.port());
    }

    /** The same to another port than that of nginx. */
    public Answer sendTo(Stack stack, int port) throws IOException {
        try (RawUpload upload = openAt(stack, port)) {
            return sendOn(upload);
        }
    }

    /** Sends it and leaves when the answer has not come by then: nothing. */
    public Optional<Answer> sendWithin(Stack stack, Duration patience) {
        try (RawUpload upload = open(stack)) {
            CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> leave(upload));
            return Optional.of(sendOn(upload));
        } catch (IOException left) {
            return Optional.empty();
        }
    }

    private static void leave(RawUpload upload) {
        try {
            upload.close();
        } catch (IOException gone) {
            // gone already
        }
    }

    private Answer sendOn(RawUpload upload) throws IOException {
        try {
            sendBody(upload);
        } catch (IOException refused) {
            return upload.answer(LONGEST);
        }
        return upload.answer(LONGEST);
    }

    private void sendBody(RawUpload upload) throws IOException {
        if (bytesPerSecond == Long.MAX_VALUE) {
            upload.send(payload.stream(), payload.size());
        } else {
            upload.sendSlowly(payload.stream(), payload.size(), bytesPerSecond);
        }
        upload.finish();
    }

    /** The answer, or nothing when the connection ended without one. */
    public Optional<Answer> trySend(Stack stack) {
        try {
            return Optional.of(send(stack));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
