package dev.sluice.gateway.health;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Why uploads would be refused now; asks nobody, so it is quick. Thread-safe once built. */
public final class Readiness {
    private final Map<String, BooleanSupplier> obstacles;

    /** Takes each obstacle's name and whether it is there. */
    public Readiness(Map<String, BooleanSupplier> obstacles) {
        this.obstacles = new LinkedHashMap<>(obstacles);
    }

    List<String> reasons() {
        return obstacles.entrySet().stream()
                .filter(obstacle -> obstacle.getValue().getAsBoolean())
                .map(Map.Entry::getKey)
                .toList();
    }
}
