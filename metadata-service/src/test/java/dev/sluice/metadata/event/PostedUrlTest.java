package dev.sluice.metadata.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostedUrlTest {
    private static final List<Store> STORES =
            List.of(new Store(URI.create("http://127.0.0.1:9000"), Set.of("uploads", "incoming")));

    @Test
    void readsPathStyleAddressesAndDecodesOnce() {
        PostedUrl url = PostedUrl.parse("http://127.0.0.1:9000/uploads/in/gr%C3%BC%20n.pdf?X-Amz-Signature=ab")
                .orElseThrow();

        assertThat(url.in(STORES)).contains(new PostedUrl.Place("uploads", "in/grü n.pdf"));
    }

    @Test
    void readsS3Addresses() {
        PostedUrl url = PostedUrl.parse("s3://incoming/a/b.txt").orElseThrow();

        assertThat(url.in(STORES)).contains(new PostedUrl.Place("incoming", "a/b.txt"));
    }

    @ParameterizedTest
    @CsvSource({
        "https://uploads.s3.example/a/b.txt, uploads, a/b.txt",
        "https://my.files.S3.example:443/uploads/a, my.files, uploads/a",
        "https://s3.example/uploads/a/b.txt, uploads, a/b.txt",
        "https://in.s3.example/x/a, x, a"
    })
    void readsAddressesWithTheBucketInTheHost(String text, String bucket, String key) {
        List<Store> stores = List.of(
                new Store(URI.create("https://s3.example"), Set.of("uploads", "my.files", "in")),
                new Store(URI.create("https://in.s3.example"), Set.of("x")));

        assertThat(PostedUrl.parse(text).orElseThrow().in(stores)).contains(new PostedUrl.Place(bucket, key));
    }

    @Test
    void takesNamesThatOnlyLookLikeTheStoresOwn() {
        PostedUrl url = PostedUrl.parse("s3://incoming/.mpus/a.mpus-1/.s3proxy").orElseThrow();

        assertThat(url.in(STORES)).contains(new PostedUrl.Place("incoming", ".mpus/a.mpus-1/.s3proxy"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:9001/uploads/a",
                "https://127.0.0.1:9000/uploads/a",
                "http://localhost:9000/uploads/a",
                "http://127.0.0.1:9000/other/a",
                "http://uploads.localhost:9000/a",
                "http://127.0.0.1:9000/uploads",
                "s3://other/a"
            })
    void knowsNoOtherStore(String text) {
        assertThat(PostedUrl.parse(text).orElseThrow().in(STORES)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no url",
                "/uploads/a",
                "file:///etc/passwd",
                "ftp://127.0.0.1/uploads/a",
                "http://user@127.0.0.1:9000/uploads/a",
                "http://127.0.0.1:9000/uploads/a#part",
                "http://127.0.0.1:9000/uploads/",
                "http://127.0.0.1:9000/uploads//a",
                "http://127.0.0.1:9000/uploads/../secret/a",
                "http://127.0.0.1:9000/uploads/%2e%2e/a",
                "http://127.0.0.1:9000/uploads/a%2Fb",
                "http://127.0.0.1:9000/uploads/a%252Fb",
                "http://127.0.0.1:9000/uploads/a%00b",
                "http://127.0.0.1:9000/uploads/a%5Cb",
                "http://127.0.0.1:9000/uploads/a%FFb",
                "http://127.0.0.1:9000/uploads/a%zz",
                "http://127.0.0.1:9000/uploads/.mpus-019aa3c2-7b10-7c3e-9d51-2f6a1b0c4d5e/1",
                "http://127.0.0.1:9000/uploads/in/%2Empus-019aa3c2-stub",
                "s3://uploads/.s3proxy-mpu-stub-019aa3c2/a",
                "s3://UPLOADS_/a"
            })
    void refusesWhatIsNoPlainAddress(String text) {
        assertThat(PostedUrl.parse(text)).isEmpty();
    }

    @Test
    void isNoAddressWithHalfACharacter() {
        assertThat(PostedUrl.parse("http://127.0.0.1:9000/uploads/a\ud800")).isEmpty();
    }
}
