import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * An example for application developers: receives Sluice's callbacks, checks their signature (Standard Webhooks 1.0.0)
 * and writes each new message as one line of JSON. JDK only; start it with
 * {@code java CallbackReceiver.java PORT SECRET_FILE [LOG_FILE]}.
 */
public final class CallbackReceiver {
    private static final Duration TOLERANCE = Duration.ofSeconds(300);
    private static final int MAX_BODY = 1 << 20;

    private final byte[] secret;
    private final Optional<Path> log;
    // An application keeps the ids in its database, in the transaction that does the work.
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    private CallbackReceiver(byte[] secret, Optional<Path> log) {
        this.secret = secret;
        this.log = log;
    }

    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(args[0]);
        String text = Files.readString(Path.of(args[1])).strip();
        byte[] secret = Base64.getDecoder().decode(text.substring("whsec_".length()));
        Optional<Path> log = args.length > 2 ? Optional.of(Path.of(args[2])) : Optional.empty();

        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", new CallbackReceiver(secret, log)::receive);
        server.start();
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY);
            if (!exchange.getRequestMethod().equals("POST")) {
                exchange.sendResponseHeaders(405, -1);
                return;
            }
            String id = header(exchange, "webhook-id");
            if (!isGenuine(id, header(exchange, "webhook-timestamp"), header(exchange, "webhook-signature"), body)) {
                write(id, false, "null");
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            // A message may come more than once: the id says so. 2xx also for those, or they come for ever.
            if (seen.add(id)) {
                write(id, true, new String(body, StandardCharsets.UTF_8));
            }
            exchange.sendResponseHeaders(204, -1);
        }
    }

    /** The bytes as they came are signed: check before parsing. Several signatures are allowed while secrets change. */
    private boolean isGenuine(String id, String timestamp, String signatures, byte[] body) {
        if (!isRecent(timestamp)) {
            return false;
        }
        String expected = "v1," + Base64.getEncoder().encodeToString(hmac(id + "." + timestamp + ".", body));
        return Arrays.stream(signatures.split(" "))
                .anyMatch(signature -> MessageDigest.isEqual(
                        signature.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8)));
    }

    private static boolean isRecent(String timestamp) {
        try {
            Instant sent = Instant.ofEpochSecond(Long.parseLong(timestamp));
            return Duration.between(sent, Instant.now()).abs().compareTo(TOLERANCE) <= 0;
        } catch (NumberFormatException | ArithmeticException | java.time.DateTimeException _) {
            return false;
        }
    }

    private byte[] hmac(String prefix, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            mac.update(prefix.getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private synchronized void write(String id, boolean genuine, String message) {
        String line = "{\"id\":\"%s\",\"genuine\":%b,\"received_at\":\"%s\",\"message\":%s}%n"
                .formatted(id.replaceAll("[^A-Za-z0-9._-]", "?"), genuine, Instant.now(), message.replace("\n", " "));
        System.out.print(line);
        log.ifPresent(path -> append(path, line));
    }

    private static void append(Path path, String line) {
        try {
            Files.writeString(path, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String header(HttpExchange exchange, String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
    }
}
