package dev.sluice.worker;

import dev.sluice.worker.config.ConfigurationException;
import dev.sluice.worker.config.Settings;
import dev.sluice.worker.process.BuiltInSpec;
import dev.sluice.worker.process.CommandSpec;
import dev.sluice.worker.store.StoreConfig;
import dev.sluice.worker.tls.Trust;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** All that the worker is told from outside (docs/configuration.md), read once at start. */
record WorkerConfig(
        String name,
        URI metadataUrl,
        String token,
        Path state,
        Slots slots,
        Duration longPoll,
        Duration drain,
        BuiltInSpec builtIn,
        Map<String, CommandSpec> commands,
        Storage storage) {

    /** The metadata service takes at most 64 kinds in one lease request; some are built in. */
    private static final int MOST_COMMANDS = 60;

    private static final List<String> NAMES = List.of(
            "worker.name",
            "worker.metadata-url",
            "worker.token-file",
            "worker.state",
            "worker.processes",
            "worker.checks",
            "worker.long-poll",
            "worker.drain",
            "worker.url-lifetime",
            "worker.verify.soft",
            "worker.verify.hard",
            "worker.verify.heap",
            "worker.child-jobs",
            "storage.url",
            "storage.public-url",
            "storage.ca-file",
            "storage.addressing",
            "storage.region",
            "storage.bucket",
            "storage.create-bucket",
            "storage.access-key",
            "storage.secret-key-file",
            "storage.integrity",
            "storage.reader-access-key",
            "storage.reader-secret-key-file",
            "storage.connect-timeout",
            "storage.continue-timeout",
            "storage.answer-timeout");

    private static final Pattern KNOWN = Pattern.compile(String.join("|", NAMES).replace(".", "\\.")
            + "|worker\\.commands\\.[^.]+\\.(argv(\\.\\d+)?|soft|hard|memory-bytes|env(\\.\\d+)?)");

    /** How many jobs of each queue run at once. */
    record Slots(int processes, int checks) {}

    /** The store, the bucket that must be there, and whether its objects must have checksums. */
    record Storage(StoreConfig store, String bucket, boolean createBucket, boolean wantsChecksum) {}

    static WorkerConfig from(Settings settings) {
        settings.refuseUnknown(List.of("worker", "storage"), KNOWN, NAMES);
        return new WorkerConfig(
                settings.text("worker.name").orElseGet(WorkerConfig::hostName),
                settings.url("worker.metadata-url", "http://127.0.0.1:8091"),
                settings.secret("worker.token-file"),
                Path.of(settings.required("worker.state")).toAbsolutePath(),
                new Slots(
                        settings.positive(
                                "worker.processes", Runtime.getRuntime().availableProcessors()),
                        settings.positive("worker.checks", 4)),
                settings.duration("worker.long-poll", "PT20S"),
                settings.duration("worker.drain", "PT30S"),
                builtIn(settings),
                commands(settings),
                storage(settings));
    }

    private static BuiltInSpec builtIn(Settings settings) {
        try {
            return new BuiltInSpec(
                    settings.duration("worker.verify.soft", "PT10M"),
                    settings.duration("worker.verify.hard", "PT15M"),
                    settings.text("worker.verify.heap").orElse("64m"),
                    settings.positive("worker.child-jobs", 100),
                    caFile(settings));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("worker.verify: " + e.getMessage(), e);
        }
    }

    private static Map<String, CommandSpec> commands(Settings settings) {
        Map<String, CommandSpec> commands = new TreeMap<>();
        for (String kind : settings.names("worker.commands")) {
            String section = "worker.commands." + kind;
            try {
                CommandSpec spec = new CommandSpec(
                        settings.list(section + ".argv"),
                        settings.duration(section + ".soft", "PT5M"),
                        settings.duration(section + ".hard", "PT6M"),
                        settings.positive(section + ".memory-bytes", 1L << 30),
                        settings.list(section + ".env"));
                commands.put(kind, spec);
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException(section + ": " + e.getMessage(), e);
            }
        }
        if (commands.size() > MOST_COMMANDS) {
            throw new ConfigurationException("worker.commands: are more than " + MOST_COMMANDS);
        }
        return Map.copyOf(commands);
    }

    private static Storage storage(Settings settings) {
        StoreConfig store = new StoreConfig(
                address(settings),
                settings.text("storage.region").orElse("us-east-1"),
                settings.required("storage.access-key"),
                settings.secret("storage.secret-key-file"),
                settings.duration("storage.connect-timeout", "PT3S"),
                settings.duration("worker.url-lifetime", "PT1H"));
        String integrity = settings.text("storage.integrity").orElse("crc32c-trailer");
        if (!List.of("crc32c-trailer", "size").contains(integrity)) {
            throw new ConfigurationException("storage.integrity: " + integrity + " is not valid");
        }
        return new Storage(
                store,
                settings.text("storage.bucket").orElse("uploads"),
                settings.flag("storage.create-bucket", true),
                integrity.equals("crc32c-trailer"));
    }

    private static StoreConfig.Address address(Settings settings) {
        URI url = settings.url("storage.url", settings.required("storage.url"));
        String addressing = settings.text("storage.addressing").orElse("path");
        if (!List.of("path", "virtual-host").contains(addressing)) {
            throw new ConfigurationException("storage.addressing: " + addressing + " is not valid");
        }
        try {
            return new StoreConfig.Address(
                    url, addressing.equals("virtual-host"), caFile(settings).map(Trust::new));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("storage.ca-file: " + e.getMessage(), e);
        }
    }

    private static Optional<Path> caFile(Settings settings) {
        return settings.text("storage.ca-file").map(Path::of).map(Path::toAbsolutePath);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "worker";
        }
    }

    @Override
    public String toString() {
        return "WorkerConfig[name=" + name + ", metadataUrl=" + metadataUrl + ", token=***, state=" + state + ", slots="
                + slots + ", commands=" + commands.keySet() + ", storage=" + storage + "]";
    }
}
