package dev.sluice.it.stack;

import dev.sluice.it.net.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Small requests with small answers. */
public final class Http {
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private Http() {}

    public static Answer get(String url, Map<String, String> headers) {
        return send(HttpRequest.newBuilder(URI.create(url)).GET(), headers);
    }

    public static Answer post(String url, Map<String, String> headers, String json) {
        return send(
                HttpRequest.newBuilder(URI.create(url))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json)),
                headers);
    }

    public static Answer head(String url, Map<String, String> headers) {
        return send(HttpRequest.newBuilder(URI.create(url)).HEAD(), headers);
    }

    /** What is there for whoever has the address alone. */
    public static HttpResponse<byte[]> fetch(String url) {
        return fetch(url, Map.of());
    }

    public static HttpResponse<byte[]> fetch(String url, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(LONGEST);
        headers.forEach(request::header);
        return await(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    /** A figure among the metrics of a part. */
    public static double metric(String url, String name) {
        return get(url + "/metrics", Map.of())
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** The status of a GET, or 0 when there is no answer. */
    static int status(String url) {
        try {
            return get(url, Map.of()).status();
        } catch (UncheckedIOException gone) {
            return 0;
        }
    }

    private static Answer send(HttpRequest.Builder request, Map<String, String> headers) {
        headers.forEach(request::header);
        HttpResponse<String> response = await(request.timeout(LONGEST).build(), HttpResponse.BodyHandlers.ofString());
        Map<String, String> answered = new TreeMap<>();
        response.headers()
                .map()
                .forEach((name, values) -> answered.put(name.toLowerCase(Locale.ROOT), String.join(", ", values)));
        return new Answer(response.statusCode(), Map.copyOf(answered), response.body());
    }

    private static <T> HttpResponse<T> await(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return CLIENT.send(request, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
