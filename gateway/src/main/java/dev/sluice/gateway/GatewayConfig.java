package dev.sluice.gateway;

import dev.sluice.gateway.config.ConfigurationException;
import dev.sluice.gateway.config.Key;
import dev.sluice.gateway.config.Settings;
import dev.sluice.gateway.connection.Trust;
import dev.sluice.gateway.metadata.MessageSignature;
import dev.sluice.gateway.metadata.MetadataSettings;
import dev.sluice.gateway.s3.ReaderConfig;
import dev.sluice.gateway.s3.StorageConfig;
import dev.sluice.gateway.s3.StoreAddress;
import dev.sluice.gateway.upload.Shares;
import dev.sluice.gateway.upload.UploadSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything that can be configured, read once and checked (docs/configuration.md). */
record GatewayConfig(
        InetSocketAddress listen,
        InetSocketAddress healthListen,
        Duration drain,
        MetadataSettings metadata,
        UploadSettings upload,
        StorageConfig storage,
        Optional<ReaderConfig> reader) {
    /** What nginx waits for a client's next byte unless told otherwise (nginx/nginx.properties). */
    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(20);

    /**
     * Takes flat keys and values.
     *
     * @throws ConfigurationException naming the key that is wrong
     */
    static GatewayConfig from(Map<String, String> values) {
        Settings settings = new Settings(values);
        GatewayConfig config = new GatewayConfig(
                settings.address(Key.LISTEN),
                settings.address(Key.HEALTH_LISTEN),
                settings.span(Key.DRAIN),
                metadata(settings),
                upload(settings),
                storage(settings),
                reader(settings));
        if (!config.listen().getAddress().isLoopbackAddress() && !settings.flag(Key.ONLY_NGINX_REACHES_ME)) {
            throw new ConfigurationException(
                    Key.LISTEN.key(),
                    "is not on loopback: nginx must be the only one to reach it, and " + Key.ONLY_NGINX_REACHES_ME.key()
                            + " says so");
        }
        if (config.storage().continueTimeout().compareTo(config.storage().answerTimeout()) > 0) {
            throw new ConfigurationException(
                    Key.STORAGE_CONTINUE_TIMEOUT.key(),
                    "is longer than " + Key.STORAGE_ANSWER_TIMEOUT.key() + ", the longest silence of the store");
        }
        return config;
    }

    /** Time limits that may be so, but are in the wrong order (docs/operations.md#sizing). */
    List<String> risks() {
        Duration stall = upload.pace().stall();
        List<String> risks = new ArrayList<>();
        if (stall.compareTo(storage.answerTimeout()) >= 0) {
            risks.add(Key.STALL.key() + "=" + stall + " " + Key.STORAGE_ANSWER_TIMEOUT.key() + "="
                    + storage.answerTimeout() + ": a client that stalls will look like a fault of the store");
        }
        if (stall.compareTo(BODY_TIMEOUT) >= 0) {
            risks.add(Key.STALL.key() + "=" + stall + " BODY_TIMEOUT=20s: nginx, unless told to wait longer,"
                    + " ends a client that stalls before the gateway can answer it");
        }
        return risks;
    }

    /** The same with no more uploads and part buffers than a heap of that many bytes bears. */
    GatewayConfig fittedTo(long heap) {
        HeapLimits limits = HeapLimits.of(
                heap, upload.maxOpenUploads(), upload.bufferSize(), storage.partBuffers(), storage.partSize());
        return new GatewayConfig(
                listen,
                healthListen,
                drain,
                metadata,
                upload.withMaxOpenUploads(limits.openUploads()),
                storage.withPartBuffers(limits.partBuffers()),
                reader);
    }

    boolean loopbackOnly() {
        return listen.getAddress().isLoopbackAddress()
                && healthListen.getAddress().isLoopbackAddress();
    }

    private static MetadataSettings metadata(Settings settings) {
        MessageSignature signature = MessageSignature.parse(settings.secret(Key.SIGNING_SECRET_FILE))
                .orElseThrow(() -> new ConfigurationException(
                        Key.SIGNING_SECRET_FILE.key(), "names a file that is not whsec_ and base64"));
        return new MetadataSettings(
                settings.url(Key.METADATA_URL),
                settings.optional(Key.NAME).orElseGet(GatewayConfig::hostName),
                settings.secret(Key.TOKEN_FILE),
                signature,
                settings.span(Key.HEARTBEAT),
                settings.span(Key.INTENT_TIMEOUT),
                settings.span(Key.MAX_CLOCK_SKEW));
    }

    private static UploadSettings upload(Settings settings) {
        return new UploadSettings(
                (int) settings.number(Key.MAX_OPEN_UPLOADS, 1, 20_000),
                new Shares(
                        (int) settings.number(Key.ADDRESS_SHARE, 1, 100),
                        (int) settings.number(Key.OWNER_SHARE, 1, 100),
                        (int) settings.number(Key.CLIENT_SHARE, 1, 100)),
                (int) settings.number(Key.BUFFER_SIZE, 16_384, 65_536),
                settings.span(Key.COMPLETION_PATIENCE),
                new UploadSettings.Pace(
                        settings.span(Key.STALL),
                        settings.number(Key.MIN_BYTES_PER_SECOND, 0, Integer.MAX_VALUE),
                        settings.span(Key.MIN_RATE_WINDOW)),
                settings.span(Key.LINGER),
                settings.number(Key.LINGER_BYTES, 0, Long.MAX_VALUE));
    }

    private static StorageConfig storage(Settings settings) {
        try {
            return storageUnchecked(settings);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(e);
        }
    }

    private static StorageConfig storageUnchecked(Settings settings) {
        return new StorageConfig(
                storeAddress(settings),
                settings.text(Key.STORAGE_REGION),
                settings.text(Key.STORAGE_BUCKET),
                settings.text(Key.STORAGE_ACCESS_KEY),
                settings.secret(Key.STORAGE_SECRET_KEY_FILE),
                integrity(settings),
                settings.span(Key.STORAGE_CONNECT_TIMEOUT),
                settings.span(Key.STORAGE_CONTINUE_TIMEOUT),
                settings.span(Key.STORAGE_ANSWER_TIMEOUT),
                (int) settings.number(Key.PART_SIZE, 5_242_880, 1 << 30),
                (int) settings.number(Key.PART_BUFFERS, 1, 100_000));
    }

    private static StoreAddress storeAddress(Settings settings) {
        URI url = settings.url(Key.STORAGE_URL);
        Optional<Trust> trust =
                settings.optional(Key.STORAGE_CA_FILE).map(Path::of).map(Trust::in);
        if (trust.isEmpty() && url.getScheme().equals("https")) {
            trust = Optional.of(Trust.ofJvm());
        }
        return new StoreAddress(url, addressing(settings), trust);
    }

    private static StoreAddress.Addressing addressing(Settings settings) {
        return switch (settings.text(Key.STORAGE_ADDRESSING)) {
            case "path" -> StoreAddress.Addressing.PATH;
            case "virtual-host" -> StoreAddress.Addressing.VIRTUAL_HOST;
            default ->
                throw new ConfigurationException(Key.STORAGE_ADDRESSING.key(), "is neither path nor virtual-host");
        };
    }

    private static Optional<ReaderConfig> reader(Settings settings) {
        Optional<String> accessKey = settings.optional(Key.STORAGE_READER_ACCESS_KEY);
        if (accessKey.isEmpty()) {
            refuseWithoutReader(settings, Key.STORAGE_READER_SECRET_KEY_FILE);
            refuseWithoutReader(settings, Key.STORAGE_PUBLIC_URL);
            return Optional.empty();
        }
        boolean apart = settings.optional(Key.STORAGE_PUBLIC_URL).isPresent();
        try {
            return Optional.of(new ReaderConfig(
                    settings.url(apart ? Key.STORAGE_PUBLIC_URL : Key.STORAGE_URL),
                    addressing(settings),
                    settings.text(Key.STORAGE_REGION),
                    accessKey.get(),
                    settings.secret(Key.STORAGE_READER_SECRET_KEY_FILE),
                    settings.span(Key.OBJECT_URL_LIFETIME)));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(e);
        }
    }

    private static void refuseWithoutReader(Settings settings, Key key) {
        if (settings.optional(key).isPresent()) {
            throw new ConfigurationException(key.key(), "is of no use without " + Key.STORAGE_READER_ACCESS_KEY.key());
        }
    }

    private static StorageConfig.Integrity integrity(Settings settings) {
        return switch (settings.text(Key.STORAGE_INTEGRITY)) {
            case "crc32c-trailer" -> StorageConfig.Integrity.CRC32C_TRAILER;
            case "size" -> StorageConfig.Integrity.SIZE;
            default ->
                throw new ConfigurationException(Key.STORAGE_INTEGRITY.key(), "is neither crc32c-trailer nor size");
        };
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            throw new ConfigurationException(Key.NAME.key(), "is missing, and this host has no name", e);
        }
    }
}
