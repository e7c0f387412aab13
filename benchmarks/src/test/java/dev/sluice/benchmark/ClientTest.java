package dev.sluice.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.benchmark.Client.Extent;
import dev.sluice.it.net.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ClientTest {
    @Test
    void anAnswerEndsWhereItsLengthSays() throws Exception {
        String head = "HTTP/1.1 201 Created\r\nContent-Length:  5\r\nX: y\r\n\r\n";

        assertThat(Extent.of(head + "he")).contains(new Extent(201, head.length(), head.length() + 5, false));
    }

    @Test
    void theLengthMayBeTheLastHeaderAndTheConnectionMayEnd() throws Exception {
        String head = "HTTP/1.1 503 No\r\nConnection: close\r\ncontent-length: 0\r\n\r\n";

        assertThat(Extent.of(head)).contains(new Extent(503, head.length(), head.length(), true));
    }

    @Test
    void aHeadThatIsNotWholeSaysNothingYet() throws Exception {
        assertThat(Extent.of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n")).isEmpty();
    }

    @Test
    void anAnswerWithoutALengthIsRefused() {
        assertThatThrownBy(() -> Extent.of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void sendsFilesAndWholeRequestsOnOneConnection() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            byte[] said = (exchange.getRemoteAddress().getPort() + " " + body.length).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(201, said.length);
            exchange.getResponseBody().write(said);
            exchange.close();
        });
        server.start();
        try (Client client = new Client(server.getAddress().getPort())) {
            long length = (2 << 20) + 3;
            int status = client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n", length);
            Answer first = client.exchange(Client.request("POST /", "", "{}"));
            Answer second = client.exchange(Client.request("POST /", "", "[1]"));

            assertThat(status).isEqualTo(201);
            assertThat(first.body()).endsWith(" 2");
            assertThat(second.body()).endsWith(" 3");
            assertThat(second.body()).startsWith(first.body().split(" ", 2)[0]);
        } finally {
            server.stop(0);
        }
    }
}
