package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps the parts of {@code ./run} going (.ci/parts.sh), at moments that are hard to meet from outside. */
class KeeperTest {
    private static final String BEGIN = """
            set -u
            DATA=$1
            mkdir "$DATA/run" "$DATA/logs"
            mkfifo "$DATA/begun"
            . ../.ci/setup.sh
            . ../.ci/parts.sh
            """;

    @TempDir
    private Path folder;

    @Test
    void stopsAPartThatIsJustBeingStarted() throws Exception {
        assertThat(ended("""
                eval "real_$(declare -f record)"
                record() {
                  real_record "$@"
                  [[ $2 == part.keeper ]] && return
                  printf '%s\\n' "$1" > "$DATA/begun"
                  sleep 1
                }
                start part TERM 20 sleep 60
                read -r pid < "$DATA/begun"
                stop part
                ! kill -0 "$pid" 2> /dev/null
                """)).isZero();
    }

    @Test
    void stopsAPartAtWhateverMomentOfItsStart() throws Exception {
        assertThat(ended("""
                for i in {1..20}; do
                  start part TERM 20 bash -c 'echo $$ >> "$1"; exec sleep 60' part "$DATA/pids"
                  sleep "0.00$((i % 10))"
                  stop part
                done
                while read -r pid; do
                  ! kill -s KILL "$pid" 2> /dev/null || left=true
                done < "$DATA/pids"
                [[ -z ${left:-} ]]
                """)).isZero();
    }

    @Test
    void whatHadToBeKilledIsGoneWhenItIsStopped() throws Exception {
        assertThat(ended("""
                start part TERM 1 bash -c 'trap "" TERM; echo $$ > "$1"; while true; do sleep 1; done' part "$DATA/begun"
                read -r pid < "$DATA/begun"
                stop part
                ! kill -0 "$pid" 2> /dev/null
                """)).isZero();
    }

    @Test
    void saysNothingOfItsOwnWhenAPartCrashesWhileItIsStopped() throws Exception {
        assertThat(ended("""
                start part TERM 20 bash -c 'trap "kill -s ABRT \\$\\$" TERM; echo $$ > "$1"; while true; do sleep 0.1; done' part "$DATA/begun" \\
                  > "$DATA/said" 2>&1
                read -r pid < "$DATA/begun"
                stop part
                ! kill -0 "$pid" 2> /dev/null && [[ ! -s $DATA/said ]]
                """)).isZero();
    }

    @Test
    void replacesAKeeperThatWasKilledAndThePartItLeft() throws Exception {
        assertThat(ended("""
                start part TERM 20 bash -c 'echo $$ >> "$1"; (($(wc -l < "$1") == 1)) || exit 2; exec sleep 60' part "$DATA/pids"
                until [[ -s $DATA/pids && -s $DATA/run/part.pid ]]; do sleep 0.1; done
                kill -s KILL "${KEEPERS[part]}"
                watch_keepers
                read -r pid < "$DATA/pids"
                ! kill -0 "$pid" 2> /dev/null && (($(wc -l < "$DATA/pids") == 2))
                """)).isZero();
    }

    @Test
    void stopsAPartWhoseKeeperWasKilled() throws Exception {
        assertThat(ended("""
                start part TERM 20 bash -c 'echo $$ > "$1"; exec sleep 60' part "$DATA/begun"
                read -r pid < "$DATA/begun"
                until [[ -s $DATA/run/part.pid ]]; do sleep 0.1; done
                kill -s KILL "${KEEPERS[part]}"
                stop part
                ! kill -0 "$pid" 2> /dev/null
                """)).isZero();
    }

    @Test
    void startsNothingAgainThatRefusesItsConfiguration() throws Exception {
        assertThat(ended("""
                start part TERM 20 bash -c 'echo $$ >> "$1"; printf "wrong\\n\\tat a.B.c(B.java:1)\\n\\t... 4 more\\n"; exit 2' part "$DATA/pids"
                watch_keepers > "$DATA/said"
                grep -q 'not started again.*: wrong$' "$DATA/said" || exit 1
                (($(wc -l < "$DATA/pids") == 1))
                """)).isZero();
    }

    /** As a background command of a script is started; {@code trap - INT} would have it ended by the next one. */
    @Test
    void anInterruptIgnoredAtEntryStaysIgnoredAfterABuild() throws Exception {
        assertThat(ended("""
                trap '' INT
                bash -c '. ../.ci/setup.sh; with_progress building "$1/log" true; kill -s INT $$; exit 0' inner "$DATA"
                """)).isZero();
    }

    private int ended(String script) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        Process bash = new ProcessBuilder("bash", "-c", BEGIN + script, "keeper", folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(bash.waitFor(40, TimeUnit.SECONDS))
                    .as(Files.readString(log))
                    .isTrue();
            return bash.exitValue();
        } finally {
            bash.destroyForcibly();
        }
    }
}
