package dev.sluice.it.storm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.stack.Await;
import dev.sluice.it.storm.History.Entry;
import dev.sluice.it.storm.History.Outcome;
import dev.sluice.it.storm.History.Told;
import dev.sluice.it.storm.Operation.Conduct;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a driver does, a seed decides and nothing that it hears. */
class DriverTest {
    private static final int OPERATIONS = 60;
    private static final Entry STORED = new Entry(Outcome.OK, 201, "", Optional.of("id"));
    private static final Entry AWAY = new Entry(Outcome.UNKNOWN, 503, "gateway-unavailable", Optional.empty());

    @TempDir
    private Path folder;

    @Test
    void makesTheSameOperationsWhateverBecomesOfThem() throws Exception {
        Map<Integer, Operation> stored = operations(7, STORED);
        Map<Integer, Operation> away = operations(7, AWAY);

        stored.keySet().retainAll(away.keySet());
        assertThat(stored).hasSizeGreaterThan(OPERATIONS / 2).allSatisfy((number, operation) -> assertThat(operation)
                .isEqualTo(away.get(number)));
    }

    @Test
    void makesOthersFromAnotherSeed() throws Exception {
        Map<Integer, Operation> one = operations(7, STORED);
        Map<Integer, Operation> other = operations(8, STORED);

        assertThat(one.values()).doesNotContainAnyElementsOf(other.values());
    }

    /** By their numbers. */
    private Map<Integer, Operation> operations(long seed, Entry answer) throws Exception {
        try (History history = new History(folder.resolve("history.log"))) {
            Driver driver = new Driver(new Deaf(answer), new Operations(1000, key -> key), history);
            driver.run(
                    seed,
                    () -> Await.until(
                            "so many operations",
                            Duration.ofMinutes(1),
                            () -> history.all().size() >= OPERATIONS));
            return history.all().stream()
                    .map(Told::operation)
                    .collect(Collectors.toMap(Operation::number, Function.identity()));
        }
    }

    /** Sends nothing and always hears the same. */
    private record Deaf(Entry answer) implements Client {
        @Override
        public Entry upload(Operation operation, Conduct conduct) {
            return answer;
        }

        @Override
        public boolean put(Operation operation) {
            return answer.outcome() == Outcome.OK;
        }

        @Override
        public Entry announce(Operation operation, boolean there) {
            return answer;
        }

        @Override
        public Entry announceAgain(Operation operation, String uploadId) {
            return answer;
        }

        @Override
        public int look(String viewer, String path) {
            return answer.status();
        }
    }
}
