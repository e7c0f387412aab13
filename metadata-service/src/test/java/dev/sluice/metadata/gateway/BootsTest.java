package dev.sluice.metadata.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BootsTest {
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicBoolean canWrite = new AtomicBoolean(true);
    private final Boots boots = new Boots(
            nanos::get,
            canWrite::get,
            new Boots.Limits(
                    Duration.ofSeconds(60), Duration.ofSeconds(12), Duration.ofSeconds(1), Duration.ofSeconds(5)));
    private long number;

    @Test
    void rowsOfASilentBootAreNobodysAfterAMinute() {
        boots.opened("gw", "a", "r");

        pass(59);
        assertThat(nobodys("a", "r")).isFalse();

        pass(1);
        assertThat(nobodys("a", "r")).isTrue();
    }

    @Test
    void aBeatThatNamesTheRowMakesItSomebodysAgain() {
        boots.opened("gw", "a", "r");
        pass(61);
        assertThat(nobodys("a", "r")).isTrue();

        beat("a", "r");

        assertThat(nobodys("a", "r")).isFalse();
    }

    @Test
    void rowsOfAReplacedBootAreNobodysAfterTwelveSeconds() {
        beat("a", "r");
        pass(5);
        beat("b");

        pass(6);
        assertThat(nobodys("a", "r")).isFalse();

        pass(1);
        assertThat(nobodys("a", "r")).isTrue();
    }

    @Test
    void aBootThatBeatBeforeTheSilenceReplacesNobody() {
        beat("b");
        pass(1);
        beat("a", "r");

        pass(30);

        assertThat(nobodys("a", "r")).isFalse();
    }

    @Test
    void aBootOfAnotherNameReplacesNobody() {
        beat("a", "r");
        pass(5);
        boots.beat("other", new Heartbeat("b", 1, Map.of()));

        pass(20);

        assertThat(nobodys("a", "r")).isFalse();
    }

    @Test
    void twoBeatsInARowThatLeaveTheRowOutMakeItNobodys() {
        beat("a", "r");

        beat("a");
        assertThat(nobodys("a", "r")).isFalse();

        beat("a");
        assertThat(nobodys("a", "r")).isTrue();

        beat("a", "r");
        assertThat(nobodys("a", "r")).isFalse();
    }

    @Test
    void aBeatAlreadyUnderWayWhenTheIntentCameCountsOnce() {
        beat("a");
        boots.opened("gw", "a", "r");

        beat("a");
        assertThat(nobodys("a", "r")).isFalse();

        beat("a", "r");
        beat("a");
        assertThat(nobodys("a", "r")).isFalse();
    }

    @Test
    void aBeatThatWasOvertakenByALaterOneChangesNothing() {
        boots.beat("gw", new Heartbeat("a", 2, Map.of("r", 7L)));

        assertThat(boots.beat("gw", new Heartbeat("a", 1, Map.of()))).isFalse();

        assertThat(boots.received("a", "r")).isEqualTo(Optional.of(7L));
    }

    @Test
    void afterARestartSilenceCountsFromThen() {
        nanos.addAndGet(Duration.ofHours(1).toNanos());
        boots.becameReady();

        pass(59);
        assertThat(nobodys("before-the-restart", "r")).isFalse();

        pass(1);
        assertThat(nobodys("before-the-restart", "r")).isTrue();
    }

    @Test
    void rowsOfABootFromBeforeTheRestartAreNobodysTwelveSecondsAfterItWhenItsSuccessorBeats() {
        pass(3);
        beat("new");

        pass(8);
        assertThat(nobodys("old", "r")).isFalse();

        pass(1);
        assertThat(nobodys("old", "r")).isTrue();
    }

    @Test
    void whileWeWereFrozenNobodyWasSilent() {
        beat("a", "r");

        nanos.addAndGet(Duration.ofMinutes(10).toNanos());
        assertThat(nobodys("a", "r")).isFalse();

        pass(59);
        assertThat(nobodys("a", "r")).isFalse();

        pass(1);
        assertThat(nobodys("a", "r")).isTrue();
    }

    @Test
    void aTimerFiveSecondsLateIsStillBelieved() {
        beat("a", "r");
        pass(55);

        nanos.addAndGet(Duration.ofSeconds(6).toNanos());

        assertThat(nobodys("a", "r")).isTrue();
    }

    @Test
    void whileWeCannotWriteNobodyIsSilent() {
        beat("a", "r");
        canWrite.set(false);

        pass(600);
        assertThat(nobodys("a", "r")).isFalse();

        canWrite.set(true);
        pass(59);
        assertThat(nobodys("a", "r")).isFalse();

        pass(1);
        assertThat(nobodys("a", "r")).isTrue();
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            boots.tick();
        }
    }

    private void beat(String boot, String... requests) {
        Map<String, Long> received = new HashMap<>();
        for (String request : requests) {
            received.put(request, 1L);
        }
        number++;
        boots.beat("gw", new Heartbeat(boot, number, received));
    }

    private boolean nobodys(String boot, String request) {
        return boots.nobodys("gw", boot, request);
    }
}
