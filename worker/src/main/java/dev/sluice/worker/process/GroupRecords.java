package dev.sluice.worker.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * Files that name the running process groups, so that the next life of this worker can end what a kill -9 left behind: one file for
 * each, named by the mark in the group's environment and written before the child starts; then it also holds the group's number and
 * the start time of its leader. Thread-safe.
 */
public final class GroupRecords {
    private static final Logger LOG = System.getLogger(GroupRecords.class.getName());
    private static final String MARK = "SLUICE_GROUP";
    /** A process may start another while it is looked for. */
    private static final int ROUNDS = 10;

    private final Path folder;
    private final Tools tools;
    private final String kernelBoot;

    /** A started group; an entry without one was written and its child perhaps never started. */
    private record Started(long group, long startTicks) {
        static Optional<Started> parse(String text) {
            String[] words = text.split(" ", -1);
            return words.length == 3 && words[1].matches("\\d{1,18}") && words[2].matches("\\d{1,18}")
                    ? Optional.of(new Started(Long.parseLong(words[1]), Long.parseLong(words[2])))
                    : Optional.empty();
        }

        /** The number may long have gone to another process: only the start time proves that it is the same one. */
        boolean isAlive() {
            return ProcStat.of(group)
                    .filter(leader -> leader.startTicks() == startTicks)
                    .isPresent();
        }
    }

    public GroupRecords(Path state, Tools tools) {
        this.folder = state.resolve("groups");
        this.tools = tools;
        try {
            Files.createDirectories(folder);
            this.kernelBoot =
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("worker.state cannot be used: " + folder, e);
        }
    }

    /** The variable that tells a group apart from every other one; what the group starts inherits it. */
    static String markName() {
        return MARK;
    }

    /** Kills whatever is left of the recorded groups, and forgets them; returns how many had something left. */
    public int killLeftovers() {
        int left = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (killLeftover(file)) {
                    LOG.log(Level.WARNING, "leftover process group killed mark=" + file.getFileName());
                    left++;
                }
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            return left + killLeftovers(); // a record went while it was read: look again
        } catch (IOException e) {
            throw new UncheckedIOException("worker.state cannot be used: " + folder, e);
        }
        return left;
    }

    private boolean killLeftover(Path file) throws IOException {
        String text = Files.readString(file).strip();
        if (!text.startsWith(kernelBoot)) {
            return false; // the machine was started anew since
        }
        Optional<Started> started = Started.parse(text).filter(Started::isAlive);
        started.ifPresent(group -> signal("KILL", group.group()));
        return killMarked(file.getFileName().toString()) || started.isPresent();
    }

    /** Kills every process with this mark, also one that has left the group; returns whether there was one. */
    boolean killMarked(String mark) {
        boolean found = false;
        for (int round = 0; round < ROUNDS; round++) {
            List<ProcessHandle> marked = ProcessHandle.allProcesses()
                    .filter(process -> ProcStat.hasEnvironment(process.pid(), MARK + "=" + mark))
                    .toList();
            if (marked.isEmpty()) {
                return found;
            }
            found = true;
            marked.forEach(ProcessHandle::destroyForcibly);
        }
        LOG.log(Level.WARNING, "processes keep coming back mark=" + mark);
        return true;
    }

    /** Before the child starts. */
    void expect(String mark) {
        write(mark, kernelBoot);
    }

    void started(String mark, long group) {
        ProcStat.of(group).ifPresent(leader -> write(mark, kernelBoot + " " + group + " " + leader.startTicks()));
    }

    private void write(String mark, String text) {
        try {
            Path written = Files.writeString(folder.resolveSibling(mark + ".new"), text + "\n");
            Files.move(
                    written, folder.resolve(mark), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("process group not recorded", e);
        }
    }

    void remove(String mark) {
        try {
            Files.deleteIfExists(folder.resolve(mark));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "process group record not removed mark=" + mark, e);
        }
    }

    /** Signals every process of the group; a group that has ended is fine. The JDK cannot signal a group, a shell's kill can. */
    void signal(String signal, long group) {
        String[] argv = {tools.sh().toString(), "-c", "kill -s \"$1\" -- \"-$2\"", "kill", signal, Long.toString(group)
        };
        try {
            new ProcessBuilder(argv)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot signal group " + group, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the signal is on its way
        }
    }
}
