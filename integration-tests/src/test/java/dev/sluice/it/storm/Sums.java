package dev.sluice.it.storm;

import dev.sluice.it.stack.Stack;
import dev.sluice.it.storm.Snapshot.Job;
import dev.sluice.it.storm.Snapshot.Row;
import dev.sluice.it.storm.Snapshot.StoredObject;
import dev.sluice.it.storm.Snapshot.Sum;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the metadata service counts, beside the same counted from what it lists.
 *
 * @param deliveries the state of each
 */
record Sums(Stack stack, List<Row> rows, List<Job> jobs, List<String> deliveries) {
    private static final List<String> UPLOADS =
            List.of("intent", "receiving", "reported", "completed", "failed", "expired");
    private static final List<String> JOBS = List.of("ready", "running", "waiting", "succeeded", "dead", "quarantined");
    private static final List<String> DELIVERIES = List.of("pending", "delivered", "dead");
    private static final List<String> KINDS = List.of("verify", "count");

    /** Of every state that there is, also where nothing is in it. */
    List<Sum> compared(Map<String, StoredObject> objects) {
        Metrics metrics = Metrics.of(stack.internalUrl());
        List<Sum> sums = new ArrayList<>(List.of(bytes(objects)));
        for (String state : UPLOADS) {
            long counted =
                    rows.stream().filter(row -> row.state().equals(state)).count();
            sums.add(new Sum(state, metrics.value("sluice_uploads{state=\"" + state + "\"}"), counted));
        }
        for (String state : DELIVERIES) {
            long counted = deliveries.stream().filter(state::equals).count();
            sums.add(
                    new Sum("delivery " + state, metrics.value("sluice_deliveries{state=\"" + state + "\"}"), counted));
        }
        for (String kind : KINDS) {
            for (String state : JOBS) {
                String labels = "{kind=\"" + kind + "\",state=\"" + state + "\"}";
                sums.add(new Sum(kind + " " + state, metrics.value("sluice_jobs" + labels), counted(kind, state)));
            }
        }
        return sums;
    }

    private long counted(String kind, String state) {
        return jobs.stream()
                .filter(job -> job.kind().equals(kind) && job.state().equals(state))
                .count();
    }

    private Sum bytes(Map<String, StoredObject> objects) {
        Stream<Row> own =
                rows.stream().filter(row -> row.completed() && row.key().startsWith(stack.keyPrefix()));
        return new Sum(
                "bytes of completed uploads",
                own.mapToLong(Row::size).sum(),
                objects.entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith(stack.keyPrefix()))
                        .mapToLong(entry -> entry.getValue().size())
                        .sum());
    }
}
