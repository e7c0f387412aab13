package dev.sluice.metadata.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The sections of the one configuration that all parts share: what stands in none of them nobody would ever read. */
final class Sections {
    private static final List<String> KNOWN = List.of("gateway", "metadata", "storage", "worker");
    private static final int TYPING_ERRORS = 2;

    private Sections() {}

    /** Throws for the first name that is no section of any part. */
    static void refuseUnknown(Collection<String> names) {
        for (String name : new TreeSet<>(names)) {
            if (!KNOWN.contains(name)) {
                throw new ConfigurationException("unknown section " + name
                        + meant(name)
                                .map(section -> "; did you mean " + section + "?")
                                .orElse("; there are " + KNOWN));
            }
        }
    }

    private static Optional<String> meant(String name) {
        return KNOWN.stream()
                .min(Comparator.comparingInt(section -> distance(name, section)))
                .filter(section -> distance(name, section) <= TYPING_ERRORS);
    }

    /** How many letters must be put in, left out or replaced to make one word of the other (Levenshtein). */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
