package dev.sluice.metadata.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostedUrlTest {
    private static final List<Store> STORES =
            List.of(new Store(URI.create("http://127.0.0.1:9000"), Set.of("uploads", "incoming")));

    @Test
    void readsPathStyleAddressesAndDecodesOnce() {
        PostedUrl url = PostedUrl.parse("http://127.0.0.1:9000/uploads/in/gr%C3%BC%20n.pdf?X-Amz-Signature=ab")
                .orElseThrow();

        assertThat(url.bucket()).isEqualTo("uploads");
        assertThat(url.key()).isEqualTo("in/grü n.pdf");
        assertThat(url.in(STORES)).isTrue();
    }

    @Test
    void readsS3Addresses() {
        PostedUrl url = PostedUrl.parse("s3://incoming/a/b.txt").orElseThrow();

        assertThat(url.bucket()).isEqualTo("incoming");
        assertThat(url.key()).isEqualTo("a/b.txt");
        assertThat(url.in(STORES)).isTrue();
    }

    @Test
    void takesNamesThatOnlyLookLikeTheStoresOwn() {
        PostedUrl url = PostedUrl.parse("s3://incoming/.mpus/a.mpus-1/.s3proxy").orElseThrow();

        assertThat(url.key()).isEqualTo(".mpus/a.mpus-1/.s3proxy");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:9001/uploads/a",
                "https://127.0.0.1:9000/uploads/a",
                "http://localhost:9000/uploads/a",
                "http://127.0.0.1:9000/other/a",
                "s3://other/a"
            })
    void knowsNoOtherStore(String text) {
        assertThat(PostedUrl.parse(text).orElseThrow().in(STORES)).isFalse();
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
                "http://127.0.0.1:9000/uploads",
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
