package dev.sluice.it.stack;

import dev.sluice.it.net.CallbackReceiver;
import dev.sluice.it.net.FaultProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** One whole system on free ports with a folder of its own: store, metadata service, worker, gateway, nginx and a receiver of callbacks. */
public final class Stack implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Path folder;
    private final Options options;
    private final Secrets secrets;
    private final StoreService store;
    private final Bucket bucket;
    private final CallbackReceiver receiver;
    private final Proxies ofGateway;
    private final Proxies ofWorker;
    private final Nginx edge;
    private final Map<String, Part> parts = new HashMap<>();
    private final Set<String> workerBoots = new HashSet<>();
    private final int port = Ports.free();
    private final int gatewayPort = Ports.free();
    private final int gatewayHealth = Ports.free();
    private final int secondGatewayPort = Ports.free();
    private final int secondGatewayHealth = Ports.free();
    private final int metadataPort = Ports.free();
    private final int internalPort = Ports.free();

    /** Lays everything out; nothing runs yet. */
    public Stack(String name, Options options) {
        this(name, options, StoreService::in);
    }

    /** The same with an embedded store that is reached over TLS, whichever store other systems of this run have. */
    public static Stack overTls(String name, Options options) {
        return new Stack(name, options, StoreService::overTls);
    }

    /** The same with the embedded store, whichever store other systems of this run have. */
    public static Stack embedded(String name, Options options) {
        return new Stack(name, options, StoreService::embedded);
    }

    private Stack(String name, Options options, BiFunction<Path, Running, StoreService> stores) {
        this.options = options;
        folder = Path.of(
                        "target", "stacks", name + "-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet())
                .toAbsolutePath();
        try {
            Files.createDirectories(folder.resolve("logs"));
            secrets = new Secrets(folder.resolve("secrets"));
            for (String owner : List.of("default", "other")) {
                secrets.token("../keys/" + owner + ".key", "sk_");
            }
            store = stores.apply(folder, options.running());
            bucket = new Bucket(
                    store.access(),
                    Files.readString(store.access().secretKeyFile()).strip());
            receiver = new CallbackReceiver(secrets.read("callback.secret"));
            ofGateway = Proxies.of(options.proxies(), store.access(), internalPort);
            ofWorker = Proxies.of(options.proxies(), store.access(), internalPort);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        edge = new Nginx(folder.resolve("nginx"));
        store.part().ifPresent(part -> parts.put("store", part));
        addParts();
    }

    /** Starts a system and waits until all of it is healthy. */
    public static Stack started(String name, Options options) {
        Stack stack = new Stack(name, options);
        try {
            stack.start();
            return stack;
        } catch (AssertionError | RuntimeException e) {
            stack.close();
            throw e;
        }
    }

    /** Starts what does not run, in the order in which parts need each other. */
    public void start() {
        store.part().filter(part -> !part.alive()).ifPresent(Part::start);
        bucket.make();
        List<Part> down = Stream.of(metadata(), worker(), gateway(), nginx())
                .filter(part -> !part.alive())
                .toList();
        down.forEach(part -> part.launch());
        down.forEach(Part::awaitReady);
    }

    /** All processes of it that a test may kill. */
    public List<Part> processes() {
        return Stream.concat(store().stream(), Stream.of(metadata(), worker(), gateway(), nginx()))
                .toList();
    }

    /** Whether examples in Python can be run here; the project itself needs none. */
    public static boolean hasPython() {
        return Programs.has("python3");
    }

    /** A Python program of {@code examples/}, not started yet. */
    public Part python(String name, String program, Map<String, String> environment) {
        List<String> command = new ArrayList<>(List.of("env"));
        environment.forEach((key, value) -> command.add(key + "=" + value));
        command.addAll(List.of(
                "python3", Programs.root().resolve("examples").resolve(program).toString()));
        return new Part(name, command, folder.resolve("logs/" + name + ".log"), () -> true);
    }

    /** Which store systems of this run have. */
    public static String storeName() {
        return StoreService.name();
    }

    public Optional<Part> store() {
        return store.part();
    }

    public StoreAccess storeAccess() {
        return store.access();
    }

    public Part metadata() {
        return part("metadata-service");
    }

    public Part worker() {
        return part("worker");
    }

    public Part gateway() {
        return part("gateway");
    }

    /** A gateway that no nginx knows and no proxy hinders, for clients whose own is frozen; not started with the others. */
    public Part secondGateway() {
        return part("gateway-2");
    }

    public int secondGatewayPort() {
        return secondGatewayPort;
    }

    public Part nginx() {
        return part("nginx");
    }

    public Bucket bucket() {
        return bucket;
    }

    /** Another one of the same store. */
    public Bucket bucket(String name) {
        return bucket.named(name);
    }

    public CallbackReceiver receiver() {
        return receiver;
    }

    /** Under which the keys of this system's uploads lie; a store that others use too gets one for each system. */
    public String keyPrefix() {
        return store.part().isPresent() ? "u/" : "u/" + folder.getFileName() + "/";
    }

    /** A key of an object that somebody else stores. */
    public String foreignKey(String name) {
        return "incoming/" + folder.getFileName() + "/" + name;
    }

    /** Between gateway and store. */
    public FaultProxy toStore() {
        return ofGateway.toStore();
    }

    /** Between gateway and metadata service. */
    public FaultProxy toMetadata() {
        return ofGateway.toMetadata();
    }

    public Proxies ofWorker() {
        return ofWorker;
    }

    public Path folder() {
        return folder;
    }

    /** Where nginx listens. */
    public int port() {
        return port;
    }

    /** Where the gateway listens for nginx. */
    public int gatewayPort() {
        return gatewayPort;
    }

    /** Where the metadata service listens for nginx. */
    public int metadataPort() {
        return metadataPort;
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public String internalUrl() {
        return "http://127.0.0.1:" + internalPort;
    }

    public String gatewayHealthUrl() {
        return "http://127.0.0.1:" + gatewayHealth;
    }

    /** A figure of the gateway's. */
    public long gatewayGauge(String name) {
        return Math.round(Http.metric(gatewayHealthUrl(), name));
    }

    /** The bearer key of an owner: {@code default} or {@code other}. */
    public String key(String owner) {
        return secrets.read("../keys/" + owner + ".key");
    }

    public String workerToken() {
        return secrets.read("worker.token");
    }

    /** By which a store proves itself: {@code minio} or {@code minio-next}. */
    public String webhookToken(String name) {
        return secrets.read(name + ".token");
    }

    /** Puts another token into its place, which the metadata service learns at its next start. */
    public void renewWebhookToken(String name) {
        secrets.token(name + ".token", "smt_");
    }

    public List<Path> nginxBodyFiles() {
        return edge.bodyFiles();
    }

    /** The ends of all logs, for a failure's message. */
    public String logTails() {
        return String.join("\n", parts.values().stream().map(Part::logTail).toList());
    }

    /** Ends every process and deletes all but the logs. */
    @Override
    public void close() {
        for (String module : List.of("gateway", "worker", "metadata-service")) {
            Part part = part(module);
            if (part.alive() && !part.isFrozen() && Programs.wantsArchive(module)) {
                part.stop();
            }
        }
        parts.values().forEach(Part::close);
        receiver.close();
        try (ofGateway;
                ofWorker) {
            deleteData();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Part part(String name) {
        Part part = parts.get(name);
        if (part == null) {
            throw new IllegalArgumentException(name);
        }
        return part;
    }

    private void addParts() {
        CommandLines lines =
                new CommandLines(folder, options, secrets, store.access(), keyPrefix(), url(), receiver.url());
        Secrets.write(folder.resolve("system.yaml"), lines.yaml());
        add("metadata-service", lines.metadata(metadataPort, internalPort), internalUrl());
        add(
                "gateway",
                lines.gateway("gw", gatewayPort, gatewayHealth, ofGateway.internalPort(), ofGateway.store()),
                gatewayHealthUrl());
        add(
                "gateway-2",
                lines.gateway("gw-2", secondGatewayPort, secondGatewayHealth, internalPort, store.access()),
                "http://127.0.0.1:" + secondGatewayHealth);
        parts.put(
                "worker",
                new Part(
                        "worker",
                        lines.worker(ofWorker.internalPort(), ofWorker.store()),
                        folder.resolve("logs/worker.log"),
                        this::newWorkerIsAlive));
        Map<String, String> placeholders = new HashMap<>(Map.of(
                "LISTEN", "127.0.0.1:" + port,
                "GATEWAY", "127.0.0.1:" + gatewayPort,
                "METADATA", "127.0.0.1:" + metadataPort,
                "MAX_BODY", "2048m",
                // bodies stand still while a test does something else; what is too long for a client, the gateway says
                "BODY_TIMEOUT", "300s"));
        placeholders.putAll(options.nginx());
        parts.put("nginx", edge.part(port, placeholders, folder.resolve("logs/nginx.log")));
    }

    private void add(String name, List<String> command, String healthUrl) {
        Path log = folder.resolve("logs/" + name + ".log");
        parts.put(name, new Part(name, command, log, () -> Http.status(healthUrl + "/health/ready") == 200));
    }

    /** A worker listens nowhere: it is ready when the metadata service knows a boot that was not there before. */
    private boolean newWorkerIsAlive() {
        if (!metadata().isReady()) {
            return false;
        }
        var answer = Http.get(internalUrl() + "/internal/workers", Map.of("Authorization", "Bearer " + workerToken()));
        return answer.json().getJsonArray("workers").stream()
                        .map(worker -> worker.asJsonObject().getString("boot"))
                        .filter(workerBoots::add)
                        .count()
                > 0;
    }

    private void deleteData() throws IOException {
        for (String name : List.of("store", "metadata", "worker", "secrets", "keys")) {
            Path data = folder.resolve(name);
            if (Files.exists(data)) {
                try (Stream<Path> files = Files.walk(data)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        }
    }
}
