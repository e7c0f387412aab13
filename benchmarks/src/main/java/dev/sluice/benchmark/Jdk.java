package dev.sluice.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A home of this JDK whose {@code java} lets a JVM that {@code ./run} starts keep something else for later starts than a class archive. */
record Jdk(Path home, Kept kept) {
    /** What JVMs keep, and what stands for the archive that they are told to keep: {@code ${word#*=}} is its file. */
    enum Kept {
        NOTHING("JDK alone", ":"),
        ARCHIVE("class archive (./run)", "words+=(-XX:+AutoCreateSharedArchive \"$word\")"),
        AOT_CACHE("AOT cache", """
                cache=${word#*=}.aot
                      [[ -e $cache ]] && words+=("-XX:AOTCache=$cache") || words+=("-XX:AOTCacheOutput=$cache")""");

        private final String title;
        private final String words;

        Kept(String title, String words) {
            this.title = title;
            this.words = words;
        }

        String title() {
            return title;
        }
    }

    /** Makes one in a folder that is not there yet. */
    static Jdk in(Path folder, Kept kept) throws IOException {
        Path real = Path.of(System.getProperty("java.home"));
        Files.createDirectories(folder.resolve("bin"));
        for (String same : new String[] {"release", "bin/javac"}) {
            Files.createSymbolicLink(folder.resolve(same), real.resolve(same));
        }
        Jdk made = new Jdk(folder, kept);
        Files.writeString(made.java(), script(kept, real.resolve("bin/java")));
        Files.setPosixFilePermissions(made.java(), PosixFilePermissions.fromString("rwxr-xr-x"));
        return made;
    }

    private static String script(Kept kept, Path java) {
        return """
            #!/usr/bin/env bash
            words=()
            for word in "$@"; do
              case $word in
                -XX:+AutoCreateSharedArchive) ;;
                -XX:SharedArchiveFile=*)
                  %s
                  ;;
                *) words+=("$word") ;;
              esac
            done
            exec %s "${words[@]}"
            """.formatted(kept.words, java);
    }

    Path java() {
        return home.resolve("bin/java");
    }
}
