package dev.sluice.it.storm;

import dev.sluice.it.Payload;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Digests of payloads, which are computed once: every round compares all of them. Thread-safe. */
final class Digests {
    private static final Map<Payload, String> KNOWN = new ConcurrentHashMap<>();

    private Digests() {}

    static String of(Payload payload) {
        return KNOWN.computeIfAbsent(payload, Payload::sha256);
    }
}
