package dev.sluice.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.upload.Places.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlacesTest {
    private static final Holder ALICE = new Holder("alice", 80);
    private static final Holder BOB = new Holder("bob", 80);

    @ParameterizedTest
    @CsvSource({"500, 80, 400", "16, 80, 12", "2, 80, 1", "1, 80, 1", "500, 100, 500", "10, 1, 1", "7, 50, 3"})
    void aLoneHolderGetsItsShare(int all, int percent, int share) {
        Places places = new Places(all);

        assertThat(takeAll(places, new Holder("alice", percent))).hasSize(share);

        assertThat(places.taken()).isEqualTo(share);
    }

    @Test
    void sharesAreOfWhatTheOthersLeave() {
        Places places = new Places(500);
        List<Place> first = takeAll(places, ALICE);

        List<Place> second = takeAll(places, BOB);
        first.subList(0, 200).forEach(Place::close);

        assertThat(second).hasSize(80);
        assertThat(takeAll(places, ALICE)).as("of 420 alice may have 336").hasSize(136);
    }

    /** Whatever comes and goes: a place that is free is free for whoever holds none, and the last one for nobody else. */
    @ParameterizedTest
    @ValueSource(ints = {1, 20, 50, 80, 99})
    void whoeverHoldsNoneIsLetInAndNobodyElseGetsTheLast(int percent) {
        Random random = new Random(percent);
        Places places = new Places(20);
        List<List<Place>> held = IntStream.range(0, 10)
                .<List<Place>>mapToObj(i -> new ArrayList<>())
                .toList();
        for (int i = 0; i < 20_000; i++) {
            int who = Math.min(random.nextInt(10), random.nextInt(10));
            List<Place> own = held.get(who);
            if (!own.isEmpty() && random.nextInt(5) == 0) {
                own.removeLast().close();
                continue;
            }
            int free = places.free();
            Optional<Place> place = places.take(new Holder("holder " + who, percent));
            assertThat(place.isPresent() || free == 0 || !own.isEmpty()).isTrue();
            assertThat(place.isPresent() && free == 1 && !own.isEmpty()).isFalse();
            place.ifPresent(own::add);
        }
        held.forEach(own -> own.forEach(Place::close));

        assertThat(places.taken()).isZero();
        assertThat(places.holders()).isZero();
    }

    /** By the defaults: a client without users has no less than an owner alone had when there was no share of a client. */
    @ParameterizedTest
    @CsvSource({"500, 405, 364", "16, 12, 10", "10, 8, 7", "5, 3, 2", "2, 1, 1", "1, 1, 1"})
    void aLoneClientGetsItsShareOfWhatItsOwnerAndItsAddressMayHave(int all, int ofClient, int ofUser) {
        List<Holder> outer = List.of(new Holder("address", 95), new Holder("owner", 90));
        Holder client = new Holder("client", 90);

        assertThat(countAll(new Places(all), outer, List.of(client))).isEqualTo(ofClient);
        assertThat(countAll(new Places(all), outer, List.of(client, new Holder("user", 90))))
                .isEqualTo(ofUser);
    }

    /** However busy they are with others: a user leaves one to the next at his address, and all there leave one to the owner's next elsewhere. */
    @ParameterizedTest
    @ValueSource(ints = {50, 80, 90, 99})
    void whoHoldsOneLeavesOneToWhoComesBesideIt(int percent) {
        Random random = new Random(percent);
        Places places = new Places(40);
        List<List<Place>> held = IntStream.range(0, 12)
                .<List<Place>>mapToObj(i -> new ArrayList<>())
                .toList();
        int[] leftToNext = new int[2];
        for (int i = 0; i < 20_000; i++) {
            int who = Math.min(random.nextInt(12), random.nextInt(12));
            List<Place> own = held.get(who);
            if (!own.isEmpty() && random.nextInt(5) == 0) {
                own.removeLast().close();
                continue;
            }
            String owner = "owner " + who % 2;
            String address = "address " + who % 3;
            boolean neighbours = IntStream.range(0, 12)
                    .anyMatch(other -> other % 6 == who % 6 && !held.get(other).isEmpty());
            Optional<Place> place = take(places, owner, address, "user " + who, percent);
            if (place.isPresent() && !own.isEmpty()) {
                assertLeft(take(places, owner, address, "newcomer", percent));
                leftToNext[0]++;
            }
            if (place.isPresent() && neighbours) {
                assertLeft(take(places, owner, "elsewhere", "newcomer", percent));
                assertLeft(take(places, "newcomer", address, "newcomer", percent));
                leftToNext[1]++;
            }
            place.ifPresent(own::add);
        }
        held.forEach(own -> own.forEach(Place::close));

        assertThat(leftToNext).doesNotContain(0);
        assertThat(places.taken()).isZero();
        assertThat(places.holders()).isZero();
    }

    @Test
    void givesAPlaceBackOnce() {
        Places places = new Places(2);
        Place place = places.take(ALICE).orElseThrow();

        place.close();
        place.close();

        assertThat(places.free()).isEqualTo(2);
        assertThat(places.holders()).isZero();
    }

    @Test
    void waitsUntilAllAreFree() throws Exception {
        Places places = new Places(2);
        Place place = places.take(ALICE).orElseThrow();
        assertThat(places.awaitAllFree(Duration.ofMillis(1))).isFalse();

        Thread closing = Thread.ofVirtual().start(place::close);

        assertThat(places.awaitAllFree(Duration.ofSeconds(60))).isTrue();
        closing.join();
    }

    private static void assertLeft(Optional<Place> place) {
        assertThat(place).isPresent();
        place.get().close();
    }

    private static Optional<Place> take(Places places, String owner, String address, String user, int percent) {
        return places.take(
                List.of(new Holder(address, 95), new Holder(owner, 90)),
                List.of(new Holder(owner + " " + address, percent), new Holder(owner + " " + user, percent)));
    }

    private static int countAll(Places places, List<Holder> outer, List<Holder> inner) {
        int count = 0;
        while (places.take(outer, inner).isPresent()) {
            count++;
        }
        return count;
    }

    private static List<Place> takeAll(Places places, Holder holder) {
        List<Place> taken = new ArrayList<>();
        places.take(holder).ifPresent(taken::add);
        while (taken.size() < 1000) {
            Optional<Place> next = places.take(holder);
            if (next.isEmpty()) {
                return taken;
            }
            taken.add(next.get());
        }
        return taken;
    }
}
