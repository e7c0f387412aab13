package dev.sluice.metadata.delivery;

import dev.sluice.metadata.http.RetryAfter;
import dev.sluice.metadata.http.WebhookSignature;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Makes one signed POST to the receiver: no redirects, no proxy, a limit on the whole exchange. Thread-safe. */
final class CallbackClient implements AutoCloseable {
    private final Receiver receiver;
    private final Clock clock;
    /** Not the client's own: handing each step of an exchange to another platform thread costs more than the step. */
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    private final HttpClient http;

    CallbackClient(Receiver receiver, Clock clock) {
        this.receiver = receiver;
        this.clock = clock;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(receiver.timeout())
                .executor(executor)
                .build();
    }

    Answer post(Delivery delivery) throws InterruptedException {
        CompletableFuture<HttpResponse<Boolean>> answer =
                http.sendAsync(request(delivery), head -> new DiscardingSubscriber());
        try {
            HttpResponse<Boolean> response = answer.get(receiver.timeout().toMillis(), TimeUnit.MILLISECONDS);
            Optional<Duration> retryAfter = response.headers()
                    .firstValue("retry-after")
                    .flatMap(value -> RetryAfter.parse(value, clock.instant()));
            return new Answer.Status(response.statusCode(), retryAfter);
        } catch (TimeoutException e) {
            return new Answer.None("no answer within " + receiver.timeout());
        } catch (ExecutionException e) {
            return new Answer.None(NoAnswer.words(e.getCause()));
        } finally {
            answer.cancel(true);
        }
    }

    private HttpRequest request(Delivery delivery) {
        byte[] body = delivery.body().getBytes(StandardCharsets.UTF_8);
        long timestamp = clock.instant().getEpochSecond();
        return HttpRequest.newBuilder(receiver.url())
                .header("content-type", "application/json")
                .header("user-agent", "sluice")
                .header(WebhookSignature.ID, delivery.id())
                .header(WebhookSignature.TIMESTAMP, Long.toString(timestamp))
                .header(WebhookSignature.SIGNATURE, receiver.secret().sign(delivery.id(), timestamp, body))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    @Override
    public void close() {
        http.shutdownNow();
        executor.shutdownNow();
    }
}
