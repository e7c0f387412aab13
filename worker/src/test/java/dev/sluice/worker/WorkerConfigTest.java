package dev.sluice.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.worker.config.ConfigurationException;
import dev.sluice.worker.config.Settings;
import dev.sluice.worker.process.CommandSpec;
import dev.sluice.worker.runtime.CommandLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerConfigTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void writeFiles() throws IOException {
        Files.writeString(folder.resolve("token"), "the-token\n");
        Files.writeString(folder.resolve("secret"), "the-secret\n");
        file = Files.writeString(folder.resolve("worker.yaml"), """
                worker:
                  token-file: %s/token
                  state: %s/state
                  checks: 7
                  commands:
                    append:
                      argv: [sh, -c, "cat >> out"]
                      soft: PT1S
                      env: [LC_ALL, TZ]
                storage:
                  url: http://127.0.0.1:9000
                  access-key: key
                  secret-key-file: %s/secret
                metadata:
                  listen: 127.0.0.1:8090
                """.formatted(folder, folder, folder));
    }

    @Test
    void readsFilesAndFillsInDefaults() {
        WorkerConfig config = load();

        assertThat(config.token()).isEqualTo("the-token");
        assertThat(config.slots().checks()).isEqualTo(7);
        assertThat(config.longPoll()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.storage().bucket()).isEqualTo("uploads");
        assertThat(config.storage().createBucket()).isTrue();
        assertThat(config.storage().wantsChecksum()).isTrue();
        CommandSpec append = Objects.requireNonNull(config.commands().get("append"));
        assertThat(append.argv()).containsExactly("sh", "-c", "cat >> out");
        assertThat(append.environment()).containsExactly("LC_ALL", "TZ");
        assertThat(append.hard()).isEqualTo(Duration.ofMinutes(6));
    }

    @Test
    void argumentsWinOverFiles() {
        assertThat(load("worker.checks=2", "storage.integrity=size").slots().checks())
                .isEqualTo(2);
    }

    @Test
    void namesAnUnknownKey() {
        assertThatThrownBy(() -> load("worker.chekcs=2"))
                .hasMessage("unknown key worker.chekcs; did you mean worker.checks?");
        assertThatThrownBy(() -> load("storage.secret-key=x")).hasMessageContaining("storage.secret-key");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "worker: {commandz: []}|unknown key worker.commandz",
                "worker: {commands: {k: {argw: {}}}}|unknown key worker.commands.k.argw",
                "worker: {name: []}|unknown key worker.name",
                "wroker: []|unknown section wroker; did you mean worker?",
                "worker: {commands: {k: {argv: ls}}}|worker.commands.k.argv is not a list",
                "worker: {commands: {k: {argv: [ls], env: HOME}}}|worker.commands.k.env is not a list",
                "worker: {commands: {k: {argv: []}}}|worker.commands.k: wants argv, soft <= hard and memory-bytes > 0",
                "worker: {name: a, checks: 2, name: b}|bad.yaml, line 1: found duplicate key name",
                "worker: {commands: [}|bad.yaml, line 1: expected the node content, but found '}'",
                "some text|bad.yaml, not keys and values"
            })
    void saysInOneLineWhatIsWrongInAFile(String text, String message) throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.yaml"), text);

        assertThatThrownBy(() -> load("--config", bad.toString()))
                .hasMessageEndingWith(message)
                .hasMessageMatching(".*");
    }

    @Test
    void takesKnownSectionsWithNothingInThem() throws IOException {
        Path empty = Files.writeString(
                folder.resolve("empty.yaml"),
                "worker: {commands: {}, verify: {}}\nstorage: {}\nmetadata: {rulez: []}\n");

        assertThat(load("--config", empty.toString()).commands()).containsOnlyKeys("append");
    }

    @Test
    void namesASectionThatNoPartKnows() {
        assertThatThrownBy(() -> load("wroker.checks=2")).hasMessage("unknown section wroker; did you mean worker?");
    }

    @Test
    void namesAKeyWithABadValue() {
        assertThatThrownBy(() -> load("worker.drain=30s")).hasMessageContaining("worker.drain");
        assertThatThrownBy(() -> load("worker.checks=0")).hasMessageContaining("worker.checks");
        assertThatThrownBy(() -> load("storage.integrity=md5")).hasMessageContaining("storage.integrity");
        assertThatThrownBy(() -> load("storage.addressing=dns")).hasMessageContaining("storage.addressing");
        assertThatThrownBy(() -> load("storage.ca-file=" + folder + "/token")).hasMessageContaining("storage.ca-file");
        assertThatThrownBy(() -> load("worker.commands.append.hard=PT0.5S"))
                .hasMessageContaining("worker.commands.append");
    }

    @Test
    void saysWhereAKeyThatIsWrongMayStand() {
        CommandLine line = CommandLine.parse("--config", file.toString(), "worker.checks=0");

        assertThat(line.located(new ConfigurationException("worker.checks: 0 is not valid")))
                .hasMessage("worker.checks: 0 is not valid (in the arguments or " + file + ")");
        ConfigurationException named = new ConfigurationException(file + ", line 1: no");
        assertThat(line.located(named)).isSameAs(named);
    }

    @Test
    void namesAMissingSecretFile() {
        assertThatThrownBy(() -> load("storage.secret-key-file=" + folder + "/none"))
                .hasMessageContaining("storage.secret-key-file");
    }

    @Test
    void showsNoSecret() {
        assertThat(load().toString()).doesNotContain("the-token").doesNotContain("the-secret");
    }

    private WorkerConfig load(String... settings) {
        List<String> args = new ArrayList<>(List.of("--config", file.toString()));
        args.addAll(List.of(settings));
        CommandLine line = CommandLine.parse(args.toArray(String[]::new));
        return WorkerConfig.from(Settings.load(line.settings(), line.files()));
    }
}
