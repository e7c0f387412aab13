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
