package dev.sluice.metadata.config;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** The sections of the one configuration that all parts share: what stands in none of them nobody would ever read. */
final class Sections {
    private static final List<String> KNOWN = List.of("gateway", "metadata", "storage", "worker");

    private Sections() {}

    /** Throws for the first name that is no section of any part. */
    static void refuseUnknown(Collection<String> names) {
        for (String name : new TreeSet<>(names)) {
            if (!KNOWN.contains(name)) {
                throw new ConfigurationException("unknown section " + name
                        + Nearest.to(name, KNOWN)
                                .map(section -> "; did you mean " + section + "?")
                                .orElse("; there are " + KNOWN));
            }
        }
    }
}
