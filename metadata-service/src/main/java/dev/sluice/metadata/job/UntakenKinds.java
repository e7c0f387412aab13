package dev.sluice.metadata.job;

import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.http.LogText;
import jakarta.json.JsonString;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Warns, once each time, of kinds that rules name and that no live worker asks for: their jobs stay ready. For one thread. */
public final class UntakenKinds implements Runnable {
    /** Workers may start after us, or be started anew. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final Logger LOG = System.getLogger(UntakenKinds.class.getName());

    private final JobStore store;
    private final Set<String> named;
    private final Map<String, Long> since = new HashMap<>();
    private final Set<String> told = new HashSet<>();

    public UntakenKinds(JobStore store, List<Rule> rules) {
        this.store = store;
        this.named = rules.stream()
                .flatMap(rule -> rule.jobs().stream())
                .map(Rule.Step::kind)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public void run() {
        Set<String> taken = taken();
        since.keySet().removeAll(taken);
        told.removeAll(taken);
        long now = store.clock().millis();
        for (String kind : named) {
            if (!taken.contains(kind)
                    && now - since.computeIfAbsent(kind, fresh -> now) >= PATIENCE.toMillis()
                    && told.add(kind)) {
                LOG.log(Level.WARNING, "no worker takes kind=" + LogText.of(kind) + ": a rule names it, its jobs wait");
            }
        }
    }

    private Set<String> taken() {
        return store.database().read(WorkerRepository::present).stream()
                .filter(Worker::alive)
                .flatMap(worker ->
                        JsonIo.stored(Optional.of(worker.kinds())).asJsonArray().getValuesAs(JsonString.class).stream())
                .map(JsonString::getString)
                .collect(Collectors.toSet());
    }
}
