package dev.sluice.worker.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The system's own programs that every child is wrapped in, found once at start. */
public record Tools(Path setsid, Path setpriv, Path prlimit, Path time, Path env, Path sh) {
    private static final Map<String, String> PACKAGES = Map.of(
            "setsid", "util-linux",
            "setpriv", "util-linux",
            "prlimit", "util-linux",
            "time", "time",
            "env", "coreutils",
            "sh", "dash");

    /** Throws, naming the package that lacks, before a job is leased. */
    public static Tools find(String searchPath) {
        return find(searchPath, List.of("/usr/bin", "/bin"));
    }

    static Tools find(String searchPath, List<String> alsoIn) {
        List<String> folders = new ArrayList<>(List.of(searchPath.split(File.pathSeparator, -1)));
        folders.addAll(alsoIn);
        return new Tools(
                tool("setsid", folders),
                tool("setpriv", folders),
                tool("prlimit", folders),
                tool("time", folders),
                tool("env", folders),
                tool("sh", folders));
    }

    private static Path tool(String name, List<String> folders) {
        Optional<Path> found = folders.stream()
                .filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
        return found.orElseThrow(() -> new IllegalStateException(
                "the program " + name + " is missing: install the package " + PACKAGES.get(name)));
    }
}
