package dev.sluice.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.metadata.authorize.ApplicationSettings;
import dev.sluice.metadata.config.ConfigurationException;
import dev.sluice.metadata.job.JobSettings;
import dev.sluice.metadata.job.Rule;
import dev.sluice.metadata.runtime.CommandLine;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataConfigTest {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    @TempDir
    Path folder;

    private final List<String> args = new ArrayList<>();

    @BeforeEach
    void required() throws IOException {
        args.add("metadata.data=" + folder.resolve("data"));
        args.add("metadata.gateway-token-file=" + file("g", "gateway-token-0123456789"));
        args.add("metadata.worker-token-file=" + file("w", "worker-token-0123456789"));
        args.add("metadata.signing-secret-file=" + file("s", SECRET));
    }

    @Test
    void hasTheDocumentedDefaults() {
        MetadataConfig config = read();

        assertThat(config.listen().port()).isEqualTo(8090);
        assertThat(config.keys()).isEqualTo(folder.resolve("data").resolve("keys"));
        assertThat(config.receiver()).isEmpty();
        assertThat(config.minio()).isEmpty();
        assertThat(config.jobs().lease()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.jobs().maxFailures()).isEqualTo(12);
        assertThat(config.times().finalCheck()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.rules())
                .singleElement()
                .satisfies(rule -> assertThat(rule.jobs().getFirst().kind()).isEqualTo("verify"));
    }

    @Test
    void readsWhomToAsk() {
        args.add("metadata.authorize.url=https://app.example/may-upload");
        args.add("metadata.authorize.buckets.0=pictures");

        MetadataConfig config = read();

        assertThat(config.application())
                .contains(new ApplicationSettings(
                        URI.create("https://app.example/may-upload"), Duration.ofSeconds(2), "application"));
        assertThat(config.uploads().takes("pictures")).isTrue();
        assertThat(config.uploads().takes("others")).isFalse();
    }

    /** They are the operator's own (ADR 0011). */
    @ParameterizedTest
    @ValueSource(strings = {"http://10.0.0.1/ask", "http://[::1]:8080/ask", "http://169.254.169.254/ask"})
    void asksAnyAddressThatIsConfigured(String url) {
        args.add("metadata.authorize.url=" + url);

        assertThat(read().application())
                .hasValueSatisfying(application -> assertThat(application.url()).hasToString(url));
    }

    @ParameterizedTest
    @CsvSource({
        "metadata.authorize.url,ftp://app.example/",
        "metadata.authorize.url,file:///etc/passwd",
        "metadata.authorize.url,//app.example/ask",
        "metadata.authorize.url,https://user:secret@app.example/",
        "metadata.authorize.url,https:///may-upload",
        "metadata.authorize.owner,anonymous",
        "metadata.authorize.owner,a/b",
        "metadata.authorize.timeout,PT0S",
        "metadata.callback.url,http://user@app.example/",
    })
    void refusesWhatCannotBeAsked(String key, String value) {
        args.add(key + "=" + value);

        assertThatThrownBy(this::read)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(key);
    }

    @Test
    void jobsBearAnOutageOfTheStoreOfTenMinutesOnAverage() {
        JobSettings jobs = read().jobs();
        Random random = new Random(7);
        long rounds = 10_000;

        long millis = 0;
        for (long round = 0; round < rounds; round++) {
            for (int failures = 0; failures < jobs.maxFailures() - 1; failures++) {
                millis += jobs.retry().millis(failures, random);
            }
        }

        assertThat(Duration.ofMillis(millis / rounds)).isBetween(Duration.ofMinutes(11), Duration.ofMinutes(12));
    }

    @ParameterizedTest
    @CsvSource({
        "metadata.lisen=127.0.0.1:1, 'unknown key metadata.lisen; did you mean metadata.listen?'",
        "metdata.listen=127.0.0.1:1, 'unknown section metdata; did you mean metadata?'",
        "wroker.name=w, 'unknown section wroker; did you mean worker?'",
        "listen=127.0.0.1:1, 'unknown section listen; there are [gateway, metadata, storage, worker]'",
        "metadata.jobs.leese=PT1S, 'unknown key metadata.jobs.leese; did you mean metadata.jobs.lease?'",
        "metadata.comit.queue=1, 'unknown key metadata.comit.queue; did you mean metadata.commit?'",
        "metadata.nothing-like-it=1, unknown key metadata.nothing-like-it",
        "metadata.rules.0.nam=x, metadata.rules.0.name",
        "metadata.rules=foo, metadata.rules is not a list",
        "metadata.rules=, metadata.rules is not a list",
        "metadata.listen=nowhere, metadata.listen must be HOST:PORT",
        "metadata.jobs.lease=30, metadata.jobs.lease must be a span",
        "metadata.jobs.lease=PT-1S, metadata.jobs.lease must be",
        "metadata.commit.batch=many, metadata.commit.batch must be",
        "metadata.anonymous=yes, metadata.anonymous must be",
        "metadata.webhooks.minio.token-files=/some/file, metadata.webhooks.minio.token-files is not a list",
        "metadata.webhooks.minio.token-files.0=/nonexistent, metadata.webhooks.minio.token-files.0: cannot read",
        "metadata.webhooks.minio.owner=a/b, metadata.webhooks.minio.owner must be the name of an owner",
        "metadata.callback.url=ftp://x/, metadata.callback.url must be",
        "metadata.public-url=https://files.example/?a, metadata.public-url must be an http URL without a query",
        "metadata.bucket=My_Bucket, metadata.bucket must be the name of a bucket",
        "metadata.authorize.buckets.0=My_Bucket, metadata.authorize.buckets.0 must be the name of a bucket",
        "metadata.callback.url=http://x/, metadata.callback.secret-file is missing",
        "metadata.gateway-token-file=/nonexistent, metadata.gateway-token-file: cannot read",
        "--halt=x, unknown argument --halt",
        "metadata.data=, metadata.data is missing"
    })
    void refusesTheStartNamingTheKey(String argument, String message) {
        args.add(argument);

        assertThatThrownBy(this::read)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message);
    }

    @Test
    void argumentsWinOverFilesAndEarlierFilesOverLaterOnes() throws IOException {
        args.addAll(List.of(
                "--config",
                file("a.yaml", "metadata: {bucket: first, key-prefix: first/}").toString()));
        args.addAll(List.of(
                "--config",
                file("b.yaml", "metadata: {bucket: second, anonymous: true}").toString()));
        args.add("metadata.key-prefix=argument/");

        MetadataConfig config = read();

        assertThat(config.uploads().bucket()).isEqualTo("first");
        assertThat(config.uploads().keyPrefix()).isEqualTo("argument/");
        assertThat(config.anonymous()).isTrue();
    }

    @Test
    void readsAFileThatAllPartsShareAndNoneWithAMisspelledSection() throws IOException {
        String all = "storage: {bucket: b}\ngateway: {name: g}\nworker: {name: w}\nmetadata: {bucket: files}\n";
        args.addAll(List.of("--config", file("all.yaml", all).toString()));
        assertThat(read().uploads().bucket()).isEqualTo("files");

        args.addAll(
                List.of("--config", file("bad.yaml", "storrage: {bucket: b}").toString()));

        assertThatThrownBy(this::read)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("unknown section storrage; did you mean storage? (in the arguments or ")
                .hasMessageEndingWith(" or " + folder.resolve("bad.yaml") + ")");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "metadata: {rulez: []}|unknown key metadata.rulez; did you mean metadata.rules?",
                "metadata: {rules: [{name: a, macth: {}}]}|unknown key metadata.rules.0.macth",
                "metadata: {rules: 5}|metadata.rules is not a list",
                "metadata: {stores: [{url: 'http://s', buckets: b}]}|metadata.stores.0.buckets is not a list",
                "metdata: []|unknown section metdata; did you mean metadata?",
                "metadata: {bucket: a, anonymous: true, bucket: b}|bad.yaml, line 1: found duplicate key bucket",
                "metadata: {rules: [}|bad.yaml, line 1: expected the node content, but found '}'",
                "some text|bad.yaml, not keys and values"
            })
    void saysInOneLineWhatIsWrongInAFile(String text, String message) throws IOException {
        args.addAll(List.of("--config", file("bad.yaml", text).toString()));

        assertThatThrownBy(this::read)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message)
                .hasMessageContaining(folder.resolve("bad.yaml").toString())
                .hasMessageMatching(".*");
    }

    @Test
    void takesKnownListsAndSectionsWithNothingInThem() throws IOException {
        String yaml = "metadata: {rules: [{name: none, match: {}, jobs: []}], stores: [], callback: {}, jobs: {}}";
        args.addAll(List.of("--config", file("empty.yaml", yaml).toString()));

        assertThat(read().rules()).singleElement().satisfies(rule -> assertThat(rule.jobs())
                .isEmpty());
    }

    @Test
    void readsRulesAndStores() throws IOException {
        String yaml = """
                metadata:
                  stores:
                    - url: http://127.0.0.1:9000
                      buckets: [uploads, incoming]
                  rules:
                    - name: pictures
                      match: {content-type: image/*, min-size: 1}
                      jobs:
                        - kind: verify
                        - kind: thumbnail
                          config: {width: 320, deep: {sharp: true, note: small}}
                """;
        args.addAll(List.of("--config", file("rules.yaml", yaml).toString()));

        MetadataConfig config = read();

        Rule rule = config.rules().getFirst();
        assertThat(rule.match().contentType()).contains("image/*");
        assertThat(rule.jobs().getLast().config().toString())
                .isEqualTo("{\"deep\":{\"note\":\"small\",\"sharp\":true},\"width\":320}");
        assertThat(config.stores()).singleElement().satisfies(store -> assertThat(store.buckets())
                .containsExactlyInAnyOrder("uploads", "incoming"));
    }

    @Test
    void showsNoSecret() throws IOException {
        args.add("metadata.callback.url=http://127.0.0.1:1/");
        args.add("metadata.callback.secret-file=" + file("c", SECRET));

        args.add("metadata.webhooks.minio.token-files.0=" + file("h", "webhook-token-0123456789"));

        assertThat(read().toString())
                .doesNotContain("webhook-token-0123456789")
                .doesNotContain("gateway-token-0123456789", "worker-token-0123456789", SECRET.substring(6));
    }

    @Test
    void readsTheTokensOfWebhooks() throws IOException {
        Path old = file("old", "webhook-token-0123456789");
        Path next = file("new", "webhook-token-9876543210");
        String yaml = "metadata: {webhooks: {minio: {token-files: [" + old + ", " + next + "], owner: shop}}}";
        args.addAll(List.of("--config", file("webhooks.yaml", yaml).toString()));

        assertThat(read().minio()).hasValueSatisfying(minio -> {
            assertThat(minio.tokens()).hasSize(2);
            assertThat(minio.owner()).isEqualTo("shop");
        });
    }

    @Test
    void haltsOnlyOnLoopback() {
        args.addAll(List.of("--halt-at", "check-before-commit:1", "metadata.internal-listen=0.0.0.0:0"));

        assertThatThrownBy(this::read).hasMessageContaining("loopback");
    }

    @Test
    void helpNamesEveryDocumentedKey() throws IOException {
        String documented = Files.readString(Path.of("..", "docs", "configuration.md"));
        String help;
        try (var in = MetadataConfigTest.class.getResourceAsStream("/help.txt")) {
            assertThat(in).isNotNull();
            help = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }

        Matcher keys = Pattern.compile("`(metadata\\.[a-z.-]+)`").matcher(documented);
        while (keys.find()) {
            if (!keys.group(1).equals("metadata.md")) {
                assertThat(help).contains(keys.group(1));
            }
        }
    }

    private MetadataConfig read() {
        return MetadataConfig.from(CommandLine.parse(args));
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }
}
