package dev.sluice.it.storm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.storm.History.Entry;
import dev.sluice.it.storm.History.Outcome;
import dev.sluice.it.storm.History.Sighting;
import dev.sluice.it.storm.Snapshot.Job;
import dev.sluice.it.storm.Snapshot.Message;
import dev.sluice.it.storm.Snapshot.Resource;
import dev.sluice.it.storm.Snapshot.Row;
import dev.sluice.it.storm.Snapshot.Sum;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The checker can fail: each fault, planted among the facts of a storm in which all went well, is found under its own invariant. */
class CheckerTest {
    @Test
    void findsNothingWhereAllIsWell() {
        assertThat(new Facts().violations()).isEmpty();
    }

    @Test
    void everyInvariantAndEveryFindingHasAFaultPlantedAgainstIt() {
        Set<Object> planted = faults().flatMap(fault -> Stream.of(fault.get()[1], fault.get()[2]))
                .collect(Collectors.toSet());

        assertThat(planted).contains((Object[]) Invariant.values()).contains((Object[]) Finding.values());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void names(String fault, Invariant invariant, Finding what, Consumer<Facts> plant) {
        Facts facts = new Facts();

        plant.accept(facts);

        assertThat(facts.violations()).as(fault).isNotEmpty().allSatisfy(violation -> {
            assertThat(violation.invariant()).as("%s", violation).isEqualTo(invariant);
            assertThat(violation.what()).isEqualTo(what);
        });
    }

    static Stream<Arguments> faults() {
        return Stream.of(FaultsOfFiles.all(), unresolved(), left(), foreign()).flatMap(some -> some);
    }

    private static Stream<Arguments> unresolved() {
        return Stream.of(
                fault(
                        "a key never gives an answer",
                        Invariant.I6,
                        Finding.NO_FINAL_ANSWER,
                        f -> f.told(f.acknowledged, Entry.silence("gone"))),
                fault(
                        "an upload is never settled",
                        Invariant.I6,
                        Finding.STILL_OPEN,
                        f -> f.replaceRow(f.expired, f.row(f.expired, "receiving", -1))),
                fault("a promised outcome is nowhere", Invariant.I6, Finding.OUTCOME_NOWHERE, f -> f.erase(f.expired)),
                fault(
                        "an answer that is none",
                        Invariant.I6,
                        Finding.NO_SUCH_ANSWER,
                        f -> f.told(f.silent, new Entry(Outcome.UNKNOWN, 500, "internal-error", Optional.empty()))),
                fault("a gateway's own 502", Invariant.I6, Finding.NO_SUCH_ANSWER, f -> hears(f, 502, "store-refused")),
                fault("the 504 of an edge", Invariant.I6, Finding.NO_SUCH_ANSWER, f -> hears(f, 504, "")),
                fault("too many requests", Invariant.I6, Finding.NO_SUCH_ANSWER, f -> hears(f, 429, "busy")),
                fault("a 503 that says no more", Invariant.I6, Finding.NO_CODE, f -> hears(f, 503, "")),
                fault("an empty 400", Invariant.I6, Finding.NO_CODE, f -> hears(f, 400, "")),
                fault(
                        "a whole body is said to be cut",
                        Invariant.I6,
                        Finding.WRONGLY_REFUSED,
                        f -> hears(f, 400, "body-interrupted")),
                fault("a time-out of the edge", Invariant.I6, Finding.WRONGLY_REFUSED, f -> hears(f, 408, "slow")),
                fault(
                        "a receipt is followed by a conflict",
                        Invariant.I6,
                        Finding.OTHER_ANSWER,
                        f -> hearsAfterReceipt(
                                f, new Entry(Outcome.FAIL, 409, "upload-in-progress", Optional.empty()))),
                fault(
                        "a receipt is followed by less",
                        Invariant.I6,
                        Finding.OTHER_ANSWER,
                        f -> hearsAfterReceipt(f, new Entry(Outcome.OK, 202, "", Optional.of("id-1")))));
    }

    private static Stream<Arguments> left() {
        return Stream.of(
                fault(
                        "a multipart upload stays open",
                        Invariant.I7,
                        Finding.OPEN_MULTIPART,
                        f -> f.multiparts.add("u/5")),
                fault(
                        "a quota's sum is wrong",
                        Invariant.I7,
                        Finding.WRONG_SUM,
                        f -> f.sums.add(new Sum("quota", 11, 10))),
                fault(
                        "descriptors stay open",
                        Invariant.I9,
                        Finding.NOT_BACK,
                        f -> f.resources.add(new Resource("descriptors", 100, 111, 10))),
                fault(
                        "memory stays taken",
                        Invariant.I9,
                        Finding.NOT_BACK,
                        f -> f.resources.add(new Resource("heap", 5000, 6001, 1000))));
    }

    private static Stream<Arguments> foreign() {
        return Stream.of(
                fault(
                        "another owner's upload is listed",
                        Invariant.I8,
                        Finding.FOREIGN_ROW,
                        f -> f.rows.add(new Row(
                                "other",
                                f.id(f.silent),
                                "completed",
                                f.silent.name(),
                                f.key(f.silent),
                                f.silent.payload().size()))),
                fault(
                        "another owner's object is given out",
                        Invariant.I8,
                        Finding.FOREIGN_UPLOAD,
                        f -> f.sightings.add(new Sighting("default", "/objects/" + f.id(f.foreign), 307))),
                fault(
                        "another owner's object is forbidden",
                        Invariant.I8,
                        Finding.FOREIGN_UPLOAD,
                        f -> f.sightings.add(new Sighting("default", "/objects/" + f.id(f.foreign), 403))),
                fault(
                        "another owner's job is listed",
                        Invariant.I8,
                        Finding.FOREIGN_JOB,
                        f -> f.jobs.replaceAll(CheckerTest::seenByDefault)),
                fault(
                        "another owner's event is told",
                        Invariant.I8,
                        Finding.FOREIGN_EVENT,
                        f -> f.events.add(new Message("default", "e-id-4", "upload.completed", f.id(f.foreign)))));
    }

    static Arguments fault(String name, Invariant invariant, Finding what, Consumer<Facts> plant) {
        return Arguments.of(name, invariant, what, plant);
    }

    private static void hears(Facts facts, int status, String code) {
        facts.told(facts.silent, new Entry(Outcome.UNKNOWN, status, code, Optional.empty()));
    }

    private static void hearsAfterReceipt(Facts facts, Entry answer) {
        facts.told(facts.acknowledged, new Entry(Outcome.OK, 201, "", Optional.of("id-1")), answer);
    }

    private static Job seenByDefault(Job job) {
        return new Job("default", job.id(), job.uploadId(), job.kind(), job.state(), job.outcomes());
    }
}
