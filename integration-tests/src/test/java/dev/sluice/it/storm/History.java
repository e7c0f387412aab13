package dev.sluice.it.storm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What clients wanted and what they heard, in memory and as a file to be read after a failure. Thread-safe. */
final class History implements AutoCloseable {
    /** How one try ended, as its client knows. */
    enum Outcome {
        /** It began; nothing is known yet. */
        INVOKE,
        /** The system promised that it is, or will be, stored. */
        OK,
        /** The system said that it is not stored. */
        FAIL,
        /** Either. */
        UNKNOWN
    }

    /**
     * One end of one try.
     *
     * @param status 0: no answer
     * @param uploadId empty: none was named
     */
    record Entry(Outcome outcome, int status, String code, Optional<String> uploadId) {
        static Entry silence(String why) {
            return new Entry(Outcome.UNKNOWN, 0, why, Optional.empty());
        }
    }

    /** An operation with the ends of its tries, in their order. */
    record Told(Operation operation, List<Entry> entries) {
        boolean any(Outcome outcome) {
            return entries.stream().anyMatch(entry -> entry.outcome() == outcome);
        }

        boolean refused() {
            return !entries.isEmpty() && entries.stream().allMatch(entry -> entry.outcome() == Outcome.FAIL);
        }
    }

    /** Somebody asked for what is of another owner's upload and was answered; 0: he was not. */
    record Sighting(String viewer, String path, int status) {}

    private final Map<Integer, Told> all = new LinkedHashMap<>();
    private final List<Sighting> sightings = new ArrayList<>();
    private final Writer file;

    History(Path path) {
        try {
            file = Files.newBufferedWriter(path, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized void invoke(Operation operation) {
        all.putIfAbsent(operation.number(), new Told(operation, Collections.synchronizedList(new ArrayList<>())));
        write(Outcome.INVOKE + " " + operation);
    }

    synchronized void end(Operation operation, Entry entry) {
        told(operation).entries().add(entry);
        write(entry.outcome() + " " + operation.number() + " " + entry.status() + " " + entry.code() + " "
                + entry.uploadId().orElse("-"));
    }

    synchronized void seen(Sighting sighting) {
        sightings.add(sighting);
        write("seen " + sighting);
    }

    /** A line that helps to read the rest: a fault, a round. */
    synchronized void note(String line) {
        write("# " + line);
    }

    synchronized List<Told> all() {
        return List.copyOf(all.values());
    }

    synchronized List<Sighting> sightings() {
        return List.copyOf(sightings);
    }

    synchronized Told told(Operation operation) {
        return Optional.ofNullable(all.get(operation.number())).orElseThrow();
    }

    /** How many tries ended so. */
    synchronized long count(Outcome outcome) {
        return all.values().stream()
                .flatMap(told -> told.entries().stream())
                .filter(entry -> entry.outcome() == outcome)
                .count();
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }

    private void write(String line) {
        try {
            file.write(System.currentTimeMillis() + " " + line + "\n");
            file.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
