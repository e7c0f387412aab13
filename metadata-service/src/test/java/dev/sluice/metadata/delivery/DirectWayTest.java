package dev.sluice.metadata.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.authorize.Application;
import dev.sluice.metadata.authorize.AskedApplication;
import dev.sluice.metadata.authorize.Decision;
import dev.sluice.metadata.authorize.Question;
import dev.sluice.metadata.authorize.Question.Credentials;
import dev.sluice.metadata.http.WebhookSignature;
import dev.sluice.metadata.runtime.Backoff;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The application and its receiver are called directly, whatever proxy this JVM was told of (ADR 0011). */
@Timeout(60)
class DirectWayTest {
    private static final Question QUESTION = new Question(
            new Credentials(Optional.empty(), Optional.empty()),
            Optional.empty(),
            Optional.empty(),
            "203.0.113.7",
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    private ServerSocket proxy;

    @BeforeEach
    void nameAProxyThatNeverAnswers() throws Exception {
        proxy = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        System.setProperty("http.proxyHost", "127.0.0.1");
        System.setProperty("http.proxyPort", Integer.toString(proxy.getLocalPort()));
        System.setProperty("http.nonProxyHosts", "");
    }

    @AfterEach
    void forgetIt() throws Exception {
        System.clearProperty("http.proxyHost");
        System.clearProperty("http.proxyPort");
        System.clearProperty("http.nonProxyHosts");
        proxy.close();
    }

    @Test
    void asksTheApplicationWithoutAProxy() throws Exception {
        try (AskedApplication asked = new AskedApplication();
                Application application = asked.application()) {
            assertThat(ProxySelector.getDefault().select(asked.url()))
                    .as("what others would use")
                    .containsExactly(new Proxy(
                            Proxy.Type.HTTP, InetSocketAddress.createUnresolved("127.0.0.1", proxy.getLocalPort())));

            assertThat(application.ask(QUESTION)).isInstanceOf(Decision.Allowed.class);
        }
    }

    @Test
    void callsBackWithoutAProxy() throws Exception {
        try (Receivers receivers = new Receivers();
                CallbackClient client = new CallbackClient(
                        new Receiver(
                                receivers.url(),
                                WebhookSignature.parse(Receivers.SECRET).orElseThrow(),
                                Duration.ofSeconds(40),
                                new Backoff(Duration.ofMillis(20), Duration.ofMillis(100)),
                                Duration.ofDays(3)),
                        Clock.systemUTC())) {
            assertThat(client.post(new Delivery("d-1", "{}", 0, 0, 0)))
                    .isEqualTo(new Answer.Status(204, Optional.empty()));
        }
    }
}
