package dev.sluice.worker.process;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One child JVM that works one job at a time; used by one thread at a time. */
final class ChildJvm implements AutoCloseable {
    private final ProcessGroup group;
    private final OutputTail stderr;
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();

    private int jobs;

    ChildJvm(ProcessGroup group) {
        this.group = group;
        this.stderr = new OutputTail(group.process().getErrorStream(), "stderr-" + group.pid());
        Thread.ofPlatform().daemon().name("stdout-" + group.pid()).start(this::readAnswers);
    }

    private void readAnswers() {
        try (BufferedReader stdout = group.process().inputReader(StandardCharsets.UTF_8)) {
            for (String line = stdout.readLine(); line != null; line = stdout.readLine()) {
                answers.add(parse(line));
            }
        } catch (IOException e) {
            // it has ended
        }
        answers.add(new Answer.Died());
    }

    /** How a child took a job. */
    sealed interface Answer {
        record Worked(JsonObject json) implements Answer {}

        record Died() implements Answer {}

        record TooSlow() implements Answer {}
    }

    /** Waits for the word that it is up; false when it ended, or took too long. Once, before the first job. */
    boolean comesUp(Duration limit) throws InterruptedException {
        return answers.poll(limit.toMillis(), TimeUnit.MILLISECONDS) instanceof Answer.Worked;
    }

    /** After anything but {@code Worked} the child is of no more use. */
    Answer work(JsonObject job, Duration limit) throws InterruptedException {
        jobs++;
        stderr.clear();
        try {
            OutputStream stdin = group.process().getOutputStream();
            stdin.write((job + "\n").getBytes(StandardCharsets.UTF_8));
            stdin.flush();
        } catch (IOException e) {
            return new Answer.Died();
        }
        @Nullable Answer answer = answers.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
        return answer == null ? new Answer.TooSlow() : answer;
    }

    private static Answer parse(String line) {
        try (JsonReader reader = Json.createReader(new StringReader(line))) {
            return new Answer.Worked(reader.readObject());
        } catch (JsonException e) {
            return new Answer.Died();
        }
    }

    boolean unused() {
        return jobs == 0;
    }

    boolean usable(int jobsPerChild) {
        return jobs < jobsPerChild && group.process().isAlive();
    }

    ProcessGroup group() {
        return group;
    }

    String stderr() {
        return stderr.text();
    }

    @Override
    public void close() {
        group.close();
    }
}
