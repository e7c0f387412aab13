package dev.sluice.metadata;

import static dev.sluice.metadata.Answers.json;
import static dev.sluice.metadata.Answers.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.authorize.Blackhole;
import dev.sluice.metadata.runtime.Ids;
import jakarta.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the whole service says when it cannot or must not do what it is asked. */
class ServiceRefusalsTest extends StartedService {
    @Test
    void whatIsMalformedUnknownOrNotAllowedIsAProblem() throws Exception {
        problem(get("/nothing", owner), 404, "not-found");
        problem(get("/uploads/not-an-id", owner), 404, "not-found");
        HttpResponse<String> unknown = get("/uploads", "sk_wrong-0123456789");
        problem(unknown, 401, "unauthorized");
        assertThat(unknown.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        problem(get("/metrics", owner), 404, "not-found");
        problem(get("/internal/workers", WORKER), 404, "not-found");
        problem(get(true, "/internal/workers", owner), 401, "unauthorized");
        problem(post(true, "/internal/leases", GATEWAY, "{}"), 401, "unauthorized");
        for (String path : List.of("/uploads", "/uploads/x", "/jobs", "/events", "/health/ready")) {
            problem(post(false, path, owner, "{}"), 405, "method-not-allowed");
        }
        for (String query : List.of("cursor=zzz", "cursor=%00", "limit=0", "limit=999999999999", "limit=x")) {
            problem(get("/uploads?" + query, owner), 400, "bad-request");
            problem(get("/jobs?" + query, owner), 400, "bad-request");
        }
        for (String path : List.of("/uploads", "/jobs", "/events")) {
            problem(get(path + "?lmit=1", owner), 400, "bad-request");
            for (String nothing : List.of("?", "?limit", "?limit=")) {
                json(get(path + nothing, owner), 200);
            }
        }
        problem(get("/events?after=-1", owner), 400, "bad-request");
        for (String body : List.of("", "[]", "{\"url\":1}", "{\"url\":", "nonsense")) {
            problem(post(false, "/upload-complete", owner, body), 400, "bad-request");
        }
        problem(post(false, "/upload-complete", owner, "x".repeat(70_000)), 413, "request-too-large");
        problem(post(true, "/upload-complete", "", "{}"), 401, "unauthorized");
    }

    @Test
    void aFullDatabaseIsSaidClearlyAndEverythingWorksOnceThereIsSpace() throws Exception {
        service.close();
        service = started("metadata.max-database-bytes=300000");
        HttpResponse<String> answer = intent(Ids.next(System.currentTimeMillis()));
        while (answer.statusCode() == 200) {
            answer = intent(Ids.next(System.currentTimeMillis()));
        }
        assertThat(problem(answer, 503, "metadata-unavailable").getString("detail"))
                .contains("database is full");
        assertThat(json(get("/uploads", owner), 200).getJsonArray("uploads")).isNotEmpty();
        assertThat(json(get("/health/ready", ""), 503).getJsonArray("reasons").getString(0))
                .isEqualTo("the database is full");

        service.close();
        service = started();

        upload();
        assertThat(get("/health/ready", "").statusCode()).isEqualTo(200);
    }

    @Test
    void anApplicationThatCannotBeReachedIsNoLeaveAndSoonSo() throws Exception {
        try (Blackhole hole = new Blackhole()) {
            service.close();
            service = started("metadata.authorize.url=" + hole.url());
            long begun = System.nanoTime();

            JsonObject answer = json(intent(Ids.next(System.currentTimeMillis())), 200);

            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .as("metadata.authorize.timeout is 2 s, and gateways wait for 6")
                    .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(6));
            assertThat(answer.getString("decision")).isEqualTo("refuse");
            assertThat(answer.getInt("status")).isEqualTo(503);
            assertThat(answer.getString("code")).isEqualTo("application-unavailable");
        }
        assertThat(json(get("/uploads", owner), 200).getJsonArray("uploads")).isEmpty();
    }

    @Test
    void aSecondServiceOnOurDataEndsAtOnceAndHurtsNobody() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                MetadataMain.class.getName()));
        command.addAll(args());

        Process second = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            assertThat(second.inputReader().lines())
                    .last()
                    .isEqualTo("metadata-service: another metadata service (process "
                            + ProcessHandle.current().pid() + ") uses " + folder.resolve("data"));
            assertThat(second.waitFor()).isEqualTo(2);
        } finally {
            second.destroyForcibly();
        }

        upload();
    }
}
