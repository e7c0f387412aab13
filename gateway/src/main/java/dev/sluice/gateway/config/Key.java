package dev.sluice.gateway.config;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Every key that this part reads, with its default (docs/configuration.md). */
public enum Key {
    STORAGE_URL("storage.url", "", "http(s)://host:port of the S3 service"),
    STORAGE_CA_FILE("storage.ca-file", "", "PEM; with https nobody else is trusted"),
    STORAGE_ADDRESSING("storage.addressing", "path", "or virtual-host: how URLs name buckets"),
    STORAGE_REGION("storage.region", "us-east-1", "region that requests are signed for"),
    STORAGE_BUCKET("storage.bucket", "uploads", "must be there"),
    STORAGE_ACCESS_KEY("storage.access-key", "", "name of the writer's identity"),
    STORAGE_SECRET_KEY_FILE("storage.secret-key-file", "", "file with its secret"),
    STORAGE_READER_ACCESS_KEY("storage.reader-access-key", "", "name of the identity that only reads"),
    STORAGE_READER_SECRET_KEY_FILE("storage.reader-secret-key-file", "", "file with its secret"),
    STORAGE_PUBLIC_URL("storage.public-url", "", "where clients reach the store"),
    STORAGE_INTEGRITY("storage.integrity", "crc32c-trailer", "or size: the store verifies no trailing checksum"),
    STORAGE_CONNECT_TIMEOUT("storage.connect-timeout", "PT3S", "longest connect"),
    STORAGE_CONTINUE_TIMEOUT("storage.continue-timeout", "PT5S", "longest wait for 100 Continue"),
    STORAGE_ANSWER_TIMEOUT("storage.answer-timeout", "PT30S", "longest silence of the store"),
    NAME("gateway.name", "", "one live process a name"),
    LISTEN("gateway.listen", "127.0.0.1:8081", "upload listener"),
    HEALTH_LISTEN("gateway.health-listen", "127.0.0.1:8082", "health and metrics"),
    ONLY_NGINX_REACHES_ME("gateway.only-nginx-reaches-me", "false", "allows an upload listener off loopback"),
    METADATA_URL("gateway.metadata-url", "http://127.0.0.1:8091", "internal listener of the metadata service"),
    TOKEN_FILE("gateway.token-file", "", "file with the service token"),
    SIGNING_SECRET_FILE("gateway.signing-secret-file", "", "file with the secret of the completion message"),
    MAX_OPEN_UPLOADS("gateway.max-open-uploads", "500", "ceiling"),
    ADDRESS_SHARE("gateway.address-share", "95", "percent of what others leave, from one address; 100: all"),
    OWNER_SHARE("gateway.owner-share", "90", "percent of what others leave, of one owner; 100: all"),
    CLIENT_SHARE("gateway.client-share", "90", "percent of what both may have, of one client; 100: all"),
    BUFFER_SIZE("gateway.buffer-size", "65536", "copy buffer of a fast upload, 16384 to 65536"),
    PART_SIZE("gateway.part-size", "5242880", "of uploads of unknown length"),
    PART_BUFFERS("gateway.part-buffers", "16", "how many part buffers there are in all"),
    OBJECT_URL_LIFETIME("gateway.object-url-lifetime", "PT5M", "of addresses that /objects/ leads to"),
    HEARTBEAT("gateway.heartbeat", "PT5S", "pace of heartbeats"),
    INTENT_TIMEOUT("gateway.intent-timeout", "PT6S", "for all tries together"),
    COMPLETION_PATIENCE("gateway.completion-patience", "PT5S", "then 202"),
    STALL("gateway.stall", "PT15S", "longest wait for the client's next byte"),
    MIN_BYTES_PER_SECOND("gateway.min-bytes-per-second", "1024", "while waiting for the client"),
    MIN_RATE_WINDOW("gateway.min-rate-window", "PT30S", "what the minimum is averaged over"),
    LINGER("gateway.linger", "PT2S", "after an early refusal"),
    LINGER_BYTES("gateway.linger-bytes", "67108864", "after an early refusal"),
    MAX_CLOCK_SKEW("gateway.max-clock-skew", "PT60S", "beyond: not ready"),
    DRAIN("gateway.drain", "PT30S", "after SIGTERM");

    /** Where these keys are. */
    static final Set<String> SECTIONS = Set.of("storage", "gateway");

    /** Keys of a shared section that others read: the gateway never makes a bucket. */
    private static final Set<String> OF_OTHERS = Set.of("storage.create-bucket");

    private final String key;
    private final String fallback;
    private final String meaning;

    Key(String key, String fallback, String meaning) {
        this.key = key;
        this.fallback = fallback;
        this.meaning = meaning;
    }

    public String key() {
        return key;
    }

    Optional<String> fallback() {
        return fallback.isEmpty() ? Optional.empty() : Optional.of(fallback);
    }

    static boolean known(String name) {
        return names().contains(name) || OF_OTHERS.contains(name);
    }

    static Set<String> names() {
        return Arrays.stream(values()).map(Key::key).collect(Collectors.toSet());
    }

    private String shown() {
        return switch (this) {
            case NAME -> "host name";
            case STORAGE_CA_FILE -> "JVM's authorities";
            case STORAGE_PUBLIC_URL -> "storage.url";
            case STORAGE_READER_ACCESS_KEY, STORAGE_READER_SECRET_KEY_FILE -> "none";
            default -> fallback().orElse("required");
        };
    }

    /** A line for each key. */
    public static String help() {
        return Arrays.stream(values())
                .map(key -> "  %-32s %-22s %s%n".formatted(key.key, key.shown(), key.meaning))
                .collect(Collectors.joining());
    }
}
