package dev.sluice.worker.builtin;

import dev.sluice.worker.tls.Trust;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A child JVM: writes an empty object once it is up, then reads one job a line from stdin ({@code {"kind", "url", "payload"}}), writes one answer a line to stdout
 * ({@code {"ok": true, "result"}} or {@code {"ok": false, "retryable", "error"}}), ends when stdin closes. Has no credentials; an
 * argument is the file with the authorities to be trusted over https.
 */
public final class ChildMain {
    private final Map<String, BuiltIn> builtIns;

    private ChildMain(Optional<Trust> trust) {
        builtIns = Map.of("verify", new Verify(trust));
    }

    /** Kinds of jobs that a child JVM can work. */
    public static Set<String> kinds() {
        return new ChildMain(Optional.empty()).builtIns.keySet();
    }

    public static void main(String[] args) throws IOException {
        ChildMain child =
                new ChildMain(Arrays.stream(args).findFirst().map(Path::of).map(Trust::new));
        PrintStream answers = System.out;
        System.setOut(System.err); // what a library prints must not look like an answer
        say(answers, JsonValue.EMPTY_JSON_OBJECT);
        BufferedReader jobs = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = jobs.readLine();
        while (line != null) {
            say(answers, child.work(line));
            line = jobs.readLine();
        }
    }

    private static void say(PrintStream answers, JsonObject answer) {
        answers.println(answer);
        answers.flush();
    }

    private JsonObject work(String line) {
        try {
            JsonObject job = parse(line);
            BuiltIn builtIn = builtIns.get(job.getString("kind"));
            if (builtIn == null) {
                return failed(false, "no built-in job " + job.getString("kind"));
            }
            JsonObject result = builtIn.work(job.getString("url"), job.getJsonObject("payload"));
            return Json.createObjectBuilder()
                    .add("ok", true)
                    .add("result", result)
                    .build();
        } catch (BuiltIn.JobException e) {
            return failed(e.retryable(), String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return failed(true, "object not read: " + e);
        }
    }

    private static JsonObject parse(String line) throws BuiltIn.JobException {
        try (JsonReader reader = Json.createReader(new StringReader(line))) {
            return reader.readObject();
        } catch (RuntimeException e) {
            // JsonException, or the parser's bare RuntimeException for what is nested too deeply
            throw new BuiltIn.JobException(false, "job not read: " + e);
        }
    }

    private static JsonObject failed(boolean retryable, String error) {
        return Json.createObjectBuilder()
                .add("ok", false)
                .add("retryable", retryable)
                .add("error", error)
                .build();
    }
}
