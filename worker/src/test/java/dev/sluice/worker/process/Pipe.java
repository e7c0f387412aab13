package dev.sluice.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A named pipe that is being read: what processes write comes at once, and it ends when none that holds it open runs any more. */
public final class Pipe {
    private final Path path;
    private final FutureTask<String> all = new FutureTask<>(this::read);

    /** Makes it and waits, beside everything else, for its first writer. */
    public Pipe(Path path) throws IOException, InterruptedException {
        this.path = path;
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor())
                .isZero();
        Thread.ofPlatform().daemon().name("pipe").start(all);
    }

    /** For scripts: {@code exec 9> PIPE} has the shell and all that it starts hold it open. */
    @Override
    public String toString() {
        return path.toString();
    }

    /** Waits until every process that held it open has ended or closed it; returns what they wrote. */
    public String ended() throws InterruptedException, ExecutionException, TimeoutException {
        return all.get(50, TimeUnit.SECONDS);
    }

    long pid() throws InterruptedException, ExecutionException, TimeoutException {
        return Long.parseLong(ended().strip());
    }

    private String read() throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
