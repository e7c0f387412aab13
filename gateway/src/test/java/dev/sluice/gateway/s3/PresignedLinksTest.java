package dev.sluice.gateway.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.s3.StoreAddress.Addressing;
import dev.sluice.gateway.storage.ReadableObject;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import okhttp3.OkHttpClient;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the links open at a real store, and what not. */
class PresignedLinksTest {
    @TempDir
    private static Path directory;

    private static BlobStore blobs;
    private static S3Proxy proxy;
    private static HttpClient http;
    private static MinioClient writer;

    @BeforeAll
    static void start() throws Exception {
        var properties = new Properties();
        properties.setProperty("jclouds.filesystem.basedir", directory.toString());
        blobs = BlobStores.create("filesystem", properties);
        blobs.createContainer("uploads");
        proxy = S3Proxy.builder()
                .blobStore(blobs)
                .awsAuthentication(AuthenticationType.AWS_V4, "reader", "reader-secret")
                .endpoint(URI.create("http://127.0.0.1:0"))
                .stopTimeout(0)
                .build();
        proxy.start();
        http = HttpClient.newHttpClient();
        writer = MinioClient.builder()
                .endpoint("http://127.0.0.1:" + proxy.getPort())
                .region("us-east-1")
                .credentials("reader", "reader-secret")
                .httpClient(new OkHttpClient())
                .build();
    }

    @AfterAll
    static void stop() throws Exception {
        http.close();
        proxy.stop();
        blobs.close();
    }

    @Test
    void openOneObjectAndNothingElse() throws Exception {
        put("in/déjà vu.txt", "hello");
        put("in/other.txt", "secret");
        URI link = links("reader-secret")
                .read(new ReadableObject(
                        "uploads", "in/déjà vu.txt", Optional.empty(), Optional.of("dé\"jà\r\nvu.txt")));

        HttpResponse<String> answer = get(link);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("hello");
        assertThat(answer.headers().firstValue("content-disposition"))
                .contains("attachment; filename=\"d__j___vu.txt\"; filename*=UTF-8''d%C3%A9%22j%C3%A0%0D%0Avu.txt");
        assertThat(get(URI.create(link.toString().replaceFirst("in/[^?]*", "in/other.txt")))
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(HttpRequest.newBuilder(link).DELETE()).statusCode()).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    a"; filename="evil.exe | a__ filename=_evil.exe
                    a\\"b                 | a__b
                    100%41.txt             | 100_41.txt
                    ../../etc/passwd       | .._.._etc_passwd
                    C:\\a*b?<c>           | C__a_b__c_
                    Отчёт 😀.pdf            | _____ _.pdf
                    plain (1).txt          | plain (1).txt
                    """)
    void sayANameInPlainLettersToo(String name, String plain) throws Exception {
        put("named", "hello");

        HttpResponse<String> answer = get(links("reader-secret")
                .read(new ReadableObject("uploads", "named", Optional.empty(), Optional.of(name))));

        assertThat(header(answer, "content-disposition"))
                .startsWith("attachment; filename=\"" + plain + "\"; filename*=UTF-8''")
                .matches("[ -~]*");
    }

    @Test
    void openAPieceOfAnObjectOrItsHeadOrOnlyWhatIsNew() throws Exception {
        put("ten", "0123456789");
        ReadableObject object = new ReadableObject("uploads", "ten", Optional.empty(), Optional.of("ten.txt"));
        PresignedLinks links = links("reader-secret");
        URI link = links.read(object);

        HttpResponse<String> piece = send(HttpRequest.newBuilder(link).header("Range", "bytes=3-5"));
        HttpResponse<String> beyond = send(HttpRequest.newBuilder(link).header("Range", "bytes=10-"));
        HttpResponse<String> same = send(HttpRequest.newBuilder(link).header("If-None-Match", header(piece, "etag")));
        HttpResponse<String> head =
                send(HttpRequest.newBuilder(links.look(object)).HEAD());
        HttpResponse<String> misused = send(HttpRequest.newBuilder(link).HEAD());

        assertThat(piece.statusCode()).isEqualTo(206);
        assertThat(piece.body()).isEqualTo("345");
        assertThat(header(piece, "content-range")).isEqualTo("bytes 3-5/10");
        assertThat(beyond.statusCode()).isEqualTo(416);
        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(header(head, "content-length")).isEqualTo("10");
        assertThat(header(head, "content-disposition"))
                .isEqualTo("attachment; filename=\"ten.txt\"; filename*=UTF-8''ten.txt");
        assertThat(misused.statusCode()).isEqualTo(403);
    }

    @Test
    void leadNowhereOnceTheObjectIsGone() throws Exception {
        URI link =
                links("reader-secret").read(new ReadableObject("uploads", "gone", Optional.empty(), Optional.empty()));

        assertThat(get(link).statusCode()).isEqualTo(404);
    }

    @Test
    void nameTheBucketInTheHostWhereTheStoreWantsItThere() {
        ReaderConfig config = new ReaderConfig(
                URI.create("https://files.example"),
                Addressing.VIRTUAL_HOST,
                "us-east-1",
                "reader",
                "secret",
                Duration.ofMinutes(5));

        URI link = new PresignedLinks(config)
                .read(new ReadableObject("uploads", "in/a", Optional.empty(), Optional.empty()));

        assertThat(link.getHost()).isEqualTo("uploads.files.example");
        assertThat(link.getPath()).isEqualTo("/in/a");
    }

    @Test
    void anotherSecretOpensNothing() throws Exception {
        put("a", "hello");

        URI link = links("another").read(new ReadableObject("uploads", "a", Optional.empty(), Optional.empty()));

        assertThat(get(link).statusCode()).isEqualTo(403);
    }

    @Test
    void hideTheSecretAndLiveNoLongerThanTheStoreAllows() {
        assertThat(config("hidden", Duration.ofMinutes(5)).toString()).doesNotContain("hidden");
        for (Duration lifetime : new Duration[] {Duration.ofMillis(999), Duration.ofDays(8)}) {
            assertThatThrownBy(() -> config("hidden", lifetime))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("gateway.object-url-lifetime ");
        }
    }

    private static PresignedLinks links(String secret) {
        return new PresignedLinks(config(secret, Duration.ofMinutes(5)));
    }

    private static ReaderConfig config(String secret, Duration lifetime) {
        return new ReaderConfig(
                URI.create("http://127.0.0.1:" + proxy.getPort()),
                Addressing.PATH,
                "us-east-1",
                "reader",
                secret,
                lifetime);
    }

    private static HttpResponse<String> get(URI link) throws Exception {
        return send(HttpRequest.newBuilder(link));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElseThrow();
    }

    private static void put(String key, String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        writer.putObject(PutObjectArgs.builder().bucket("uploads").object(key).stream(
                        new ByteArrayInputStream(bytes), (long) bytes.length, -1L)
                .build());
    }
}
