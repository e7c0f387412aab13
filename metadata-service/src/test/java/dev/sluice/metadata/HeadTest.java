package dev.sluice.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HEAD is answered as GET is, without the body, wherever it is asked (RFC 9110 §9.3.2). */
class HeadTest extends StartedService {
    private static final String END = "\r\n\r\n";
    /** Numbers that change, and what Helidon refuses itself and then writes the length of. */
    private static final Set<String> ANY_LENGTH = Set.of("/health/loop", "/metrics", "/internal/workers", "/%zz");

    @ParameterizedTest
    @CsvSource({
        "/uploads,200",
        "/uploads?limit=x,400",
        "/uploads/x,404",
        "/jobs,200",
        "/jobs/x,404",
        "/events,200",
        "/health/live,200",
        "/health/ready,200",
        "/health/loop,200",
        "/health/x,404",
        "/upload-complete,405",
        "/upload-complete/minio,404",
        "/nothing,404",
        "/metrics,404",
        "/%zz,400"
    })
    void onThePublicListener(String path, int status) throws Exception {
        assertAlike(false, path, owner, status);
    }

    @ParameterizedTest
    @CsvSource({
        "/metrics,200",
        "/health/live,200",
        "/health/ready,200",
        "/health/loop,200",
        "/internal/workers,200",
        "/internal/leases,405",
        "/internal/jobs/x/complete,405",
        "/internal/workers/x/stopped,405",
        "/internal/objects/x,405",
        "/internal/uploads/x,405",
        "/internal/uploads/x/verdict,405",
        "/internal/gateways/x/heartbeat,405",
        "/upload-complete,405",
        "/nothing,404"
    })
    void onTheInternalListener(String path, int status) throws Exception {
        assertAlike(true, path, WORKER, status);
    }

    @Test
    void ofWhatIsThere() throws Exception {
        String id = upload();
        String job = leased(id);
        Polling.until(() -> isDelivered(id));

        assertAlike(false, "/uploads/" + id, owner, 200);
        assertAlike(false, "/jobs/" + job, owner, 200);
        assertAlike(false, "/uploads/" + id, FOREIGN, 404);
        assertAlike(false, "/uploads/" + id, "sk_nobody-0123456789", 401);
    }

    /** Until its callbacks are, what it says of them changes. */
    private boolean isDelivered(String id) {
        try {
            return !answer(false, "GET", "/uploads/" + id, owner).contains("\"pending\"");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertAlike(boolean internal, String path, String key, int status) throws IOException {
        String get = answer(internal, "GET", path, key);
        String head = answer(internal, "HEAD", path, key);

        assertThat(get).startsWith("HTTP/1.1 " + status + " ");
        assertThat(head).as("ends with its head").endsWith(END).containsOnlyOnce(END);
        assertThat(fields(path, head)).containsExactlyInAnyOrderElementsOf(fields(path, get));
    }

    private String answer(boolean internal, String method, String path, String key) throws IOException {
        int port = internal ? service.internalPort() : service.port();
        String request = method + " " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key
                + "\r\nConnection: close" + END;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Status line and header, without what may differ between two answers. */
    private static List<String> fields(String path, String answer) {
        return answer.substring(0, answer.indexOf(END))
                .lines()
                .map(line -> line.toLowerCase(Locale.ROOT))
                .filter(line -> !line.startsWith("date:"))
                .map(line -> ANY_LENGTH.contains(path) ? line.replaceFirst("^(content-length: ).*", "$1") : line)
                .toList();
    }
}
