package dev.sluice.it.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.it.net.FaultProxy.Mode;
import dev.sluice.it.stack.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A proxy that keeps what has ended would hide from a system that its peers are gone, and run out of descriptors in a long storm. */
class FaultProxyTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private ServerSocket server;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        proxy = new FaultProxy(() -> new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort()));
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    @Test
    void keepsNothingOfAConnectionThatHasEndedInOrder() throws IOException {
        exchange();
    }

    @Test
    void aClientsEndStaysUnknownOnlyUntilTheServerEnds() throws IOException {
        proxy.mode(Mode.PASS_WITHOUT_ENDS);
        try (Socket served = connectAndLeave()) {
            served.getOutputStream().write("answer".getBytes(StandardCharsets.US_ASCII));
            Await.until("both sockets are there", SOON, () -> proxy.open() == 2);
        }
        Await.until("nothing is kept", SOON, () -> proxy.open() == 0);
    }

    @Test
    void aClientsEndCanBePassedLater() throws IOException {
        proxy.mode(Mode.PASS_WITHOUT_ENDS);
        try (Socket served = connectAndLeave()) {
            // the end has come as far as the proxy before ends pass again
            served.setSoTimeout(200);
            assertThatThrownBy(() -> served.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            proxy.mode(Mode.PASS);
            proxy.passEnds();

            served.setSoTimeout((int) SOON.toMillis());
            assertThat(served.getInputStream().read()).isNegative();
        }
    }

    @Test
    void takesConnectionsAgainAfterACut() throws IOException {
        proxy.mode(Mode.CUT);
        try (Socket cut = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            Await.until("it is cut", SOON, () -> isEnded(cut));
        }
        proxy.mode(Mode.PASS);

        exchange();
    }

    /** A question and its answer; each side ends its half. */
    private void exchange() throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
                Socket served = server.accept()) {
            client.getOutputStream().write("question".getBytes(StandardCharsets.US_ASCII));
            client.shutdownOutput();
            assertThat(served.getInputStream().readAllBytes()).asString().isEqualTo("question");
            assertThat(proxy.open()).isEqualTo(2);

            served.getOutputStream().write("answer".getBytes(StandardCharsets.US_ASCII));
            served.shutdownOutput();

            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("answer");
            Await.until("nothing is kept, though both sockets are still there", SOON, () -> proxy.open() == 0);
        }
    }

    /** The server's side of a connection whose client has said that it is at its end. */
    private Socket connectAndLeave() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        Socket served = server.accept();
        client.shutdownOutput();
        return served;
    }

    private static boolean isEnded(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException reset) {
            return true;
        }
    }
}
