package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.FakeMetadata.Kind;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is hidden in a body must never run as a request. */
class FramingTest {
    private static final String HIDDEN = "PUT /upload/hidden HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";

    private RunningGateway running;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        running = new RunningGateway(folder);
    }

    @AfterEach
    void stop() {
        running.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 3\r\nContent-Length: 0",
                "Content-Length: 3, 3",
                "Content-Length: 3\r\nTransfer-Encoding: chunked",
                "Content-Length: +3",
                "Content-Length: -1",
                "Content-Length: 0x3",
                "Content-Length: 1234567890123456789",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: Chunked",
                "Transfer-Encoding: identity",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked, chunked"
            })
    void refusesDoubtfulFramingAndRunsNothingBehindIt(String framing) throws Exception {
        for (String target : new String[] {"PUT /upload/a", "POST /upload", "DELETE /upload/a", "GET /elsewhere"}) {
            try (RawClient client = running.connect()) {
                client.send(target + " HTTP/1.1\r\nHost: x\r\n" + framing + "\r\n\r\n" + HIDDEN);

                String all = client.endSending().everything();

                assertThat(all).startsWith("HTTP/1.1 400").doesNotContain("201");
                assertThat(all.split("HTTP/1\\.1 ", -1)).hasSize(2);
            }
        }
        assertThat(running.metadata.count(Kind.INTENT)).isZero();
        assertThat(running.store.begun()).isZero();
    }

    @Test
    void refusesAnAbsoluteUri() throws Exception {
        try (RawClient client = running.connect()) {
            client.send("PUT http://evil/upload/a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");

            assertThat(client.everything()).startsWith("HTTP/1.1 400");
        }
        assertThat(running.metadata.count(Kind.INTENT)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT /upload/a/b", "GET /upload/a", "PUT /upload", "PUT /nowhere", "TRACE /upload/a"})
    void runsNothingBehindARefusedRequest(String target) throws Exception {
        try (RawClient client = running.connect()) {
            client.send(target + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + HIDDEN.length() + "\r\n\r\n" + HIDDEN
                    + HIDDEN);

            String all = client.endSending().everything();

            assertThat(all.split("HTTP/1\\.1 ", -1)).hasSize(2);
            assertThat(all).containsIgnoringCase("connection: close");
        }
        assertThat(running.metadata.count(Kind.INTENT)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3;ext=1\r\nabc\r\n0\r\n\r\n",
                "0x3\r\nabc\r\n0\r\n\r\n",
                "zz\r\nabc\r\n0\r\n\r\n",
                "fffffffffffffffff\r\nabc\r\n0\r\n\r\n",
                "3\r\nabc\r\n0\r\nTrailer: x\r\n\r\n",
                "3\r\nabc\r\n",
                "5\r\nab"
            })
    void storesNothingOfABrokenChunkedBody(String body) throws Exception {
        try (RawClient client = running.connect()) {
            client.send("PUT /upload/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body + HIDDEN);

            String all = client.endSending().everything();

            assertThat(all).startsWith("HTTP/1.1 400").doesNotContain("HTTP/1.1 201");
        }
        assertThat(running.store.contents()).isEmpty();
        assertThat(running.metadata.next(Kind.VERDICT).json().getString("reason"))
                .isIn("body-interrupted", "client-gone");
        assertThat(running.metadata.count(Kind.INTENT)).isEqualTo(1);
    }
}
