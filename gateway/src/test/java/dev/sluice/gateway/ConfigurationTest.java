package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.config.ConfigurationException;
import dev.sluice.gateway.config.Key;
import dev.sluice.gateway.runtime.CommandLine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
    @TempDir
    private Path folder;

    private final Map<String, String> values = new HashMap<>();

    @BeforeEach
    void fill() throws Exception {
        values.putAll(RunningGateway.values(folder));
    }

    @ParameterizedTest
    @CsvSource({
        "gateway.buffersize,1",
        "gatway.buffer-size,65536",
        "drain,PT1S",
        "storage.continue-timeout,PT31S",
        "storage.bukket,x",
        "gateway.buffer-size,65537",
        "gateway.buffer-size,many",
        "gateway.stall,5 seconds",
        "gateway.stall,PT0S",
        "gateway.listen,8081",
        "gateway.metadata-url,ftp://x",
        "gateway.metadata-url,http://meta_data:8091",
        "gateway.token-file,/nowhere",
        "gateway.only-nginx-reaches-me,yes",
        "storage.integrity,md5",
        "storage.ca-file,/nowhere",
        "storage.addressing,dns",
        "storage.addressing,virtual-host",
        "storage.bucket,A_B",
        "storage.public-url,files.example",
        "storage.public-url,https://files.example/path",
        "gateway.object-url-lifetime,PT192H"
    })
    void namesTheKeyThatIsWrong(String key, String value) {
        values.put(key, value);
        if (key.equals("storage.public-url") || key.equals("gateway.object-url-lifetime")) {
            values.put("storage.reader-access-key", "reader");
            values.put("storage.reader-secret-key-file", values.getOrDefault("storage.secret-key-file", ""));
        }
        if (key.equals("gateway.only-nginx-reaches-me")) {
            values.put("gateway.listen", "0.0.0.0:0");
        }

        assertThatThrownBy(() -> GatewayConfig.from(values))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(key + " ");
    }

    @ParameterizedTest
    @CsvSource({
        "storage.public-url,https://files.example,storage.public-url",
        "storage.reader-secret-key-file,/nowhere,storage.reader-secret-key-file",
        "storage.reader-access-key,reader,storage.reader-secret-key-file"
    })
    void refusesHalfAReader(String key, String value, String wrong) {
        values.put(key, value);

        assertThatThrownBy(() -> GatewayConfig.from(values))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(wrong + " ");
    }

    @ParameterizedTest
    @CsvSource({
        "gatway.stall,gateway",
        "gateway.buffersize,gateway.buffer-size",
        "storage.bukket,storage.bucket",
        "drian,''"
    })
    void saysWhatAMisspelledKeyMayHaveMeant(String key, String meant) {
        values.put(key, "x");

        assertThatThrownBy(() -> GatewayConfig.from(values))
                .hasMessageStartingWith(key + " ")
                .hasMessageEndingWith(meant.isEmpty() ? "section" : "; did you mean " + meant + "?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gateway: {stal: []}|gateway.stal is unknown; did you mean gateway.stall?",
                "gateway: {name: {first: {}}}|gateway.name.first is unknown; did you mean gateway.name?",
                "gatway: {}|gatway is in no known section; did you mean gateway?",
                "gateway: {name: a, linger: PT1S, name: b}|bad.yaml, line 1: found duplicate key name",
                "gateway: [}|bad.yaml, line 1: expected the node content, but found '}'",
                "some text|bad.yaml, not keys and values"
            })
    void saysInOneLineWhatIsWrongInAFile(String text, String message) throws Exception {
        Path bad = Files.writeString(folder.resolve("bad.yaml"), text);

        assertThatThrownBy(() -> GatewayConfig.from(
                        CommandLine.parse("--config", bad.toString()).settings()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageEndingWith(message)
                .hasMessageMatching(".*");
    }

    @Test
    void takesSectionsWithNothingInThem() throws Exception {
        Path empty =
                Files.writeString(folder.resolve("empty.yaml"), "gateway: {}\nstorage: {}\nworker: {commands: {}}\n");
        values.putAll(CommandLine.parse("--config", empty.toString()).settings());

        assertThat(GatewayConfig.from(values).risks()).isEmpty();
    }

    @Test
    void leavesKeysOfOthersToThem() {
        values.put("metadata.anything", "x");
        values.put("worker.anything", "x");
        values.put("storage.create-bucket", "false");

        assertThat(GatewayConfig.from(values).risks()).isEmpty();
        assertThat(Key.help()).doesNotContain("create-bucket");
    }

    @Test
    void warnsOfTimeLimitsInTheWrongOrder() {
        values.put("gateway.stall", "PT20S");
        values.put("storage.answer-timeout", "PT20S");

        assertThat(GatewayConfig.from(values).risks())
                .satisfiesExactly(
                        risk -> assertThat(risk).contains("gateway.stall=", "storage.answer-timeout="),
                        risk -> assertThat(risk).contains("gateway.stall=", "BODY_TIMEOUT"));
    }

    @Test
    void refusesTimeLimitsThatContradictEachOther() {
        values.put("storage.continue-timeout", "PT6S");
        values.put("storage.answer-timeout", "PT5S");

        assertThatThrownBy(() -> GatewayConfig.from(values))
                .hasMessageContainingAll("storage.continue-timeout", "storage.answer-timeout");
    }

    @Test
    void namesTheKeyThatIsMissing() {
        values.remove("storage.url");

        assertThatThrownBy(() -> GatewayConfig.from(values)).hasMessage("storage.url is missing");
    }

    @Test
    void refusesToListenToTheWorldUnlessOnlyNginxCan() {
        values.put("gateway.listen", "0.0.0.0:0");

        assertThatThrownBy(() -> GatewayConfig.from(values)).hasMessageStartingWith("gateway.listen ");
        values.put("gateway.only-nginx-reaches-me", "true");
        assertThat(GatewayConfig.from(values).loopbackOnly()).isFalse();
    }

    @Test
    void showsNoSecret() {
        assertThat(GatewayConfig.from(values).toString())
                .doesNotContain("token-1")
                .doesNotContain("store-secret")
                .doesNotContain("whsec_");
    }

    @Test
    void letsArgumentsWinOverFilesAndEarlierFilesOverLater() throws Exception {
        Path first = folder.resolve("first.yaml");
        Path second = folder.resolve("second.yaml");
        Files.writeString(first, "gateway:\n  name: one\n  drain: PT1S\n");
        Files.writeString(second, "gateway:\n  name: two\n  drain: PT2S\n  linger: PT3S\n");

        CommandLine line = CommandLine.parse(
                "--config",
                first.toString(),
                "--config",
                second.toString(),
                "gateway.name=three",
                "--halt-at",
                "body:1");

        assertThat(line.settings())
                .containsEntry("gateway.name", "three")
                .containsEntry("gateway.drain", "PT1S")
                .containsEntry("gateway.linger", "PT3S");
        assertThat(line.haltAt()).containsExactly("body:1");
    }

    @Test
    void refusesArgumentsThatItDoesNotKnow() {
        assertThatThrownBy(() -> CommandLine.parse("--verbose")).hasMessageStartingWith("--verbose ");
        assertThatThrownBy(() -> CommandLine.parse("--config")).hasMessageStartingWith("--config ");
    }

    @Test
    void documentsEveryKey() throws Exception {
        String documentation = Files.readString(Path.of("..", "docs", "configuration.md"));

        for (Key key : Key.values()) {
            String last = key.key().substring(key.key().indexOf('.') + 1);
            assertThat(documentation).contains(last);
            assertThat(Key.help()).contains(key.key());
        }
    }
}
