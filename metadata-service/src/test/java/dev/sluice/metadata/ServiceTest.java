package dev.sluice.metadata;

import static dev.sluice.metadata.Answers.assertShape;
import static dev.sluice.metadata.Answers.json;
import static dev.sluice.metadata.Answers.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.delivery.Receivers;
import dev.sluice.metadata.http.JsonIo;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The way of an upload through the whole service, and who sees what of it. */
class ServiceTest extends StartedService {
    @Test
    void anUploadFromIntentToFinishedJobAndCallbacks() throws Exception {
        String id = upload();

        JsonObject told = callback("upload.completed");
        assertShape(told, "callback-upload-completed.json");
        assertThat(told.getJsonObject("data").getString("upload_id")).isEqualTo(id);
        String job = leased(id);
        assertThat(callback("job.succeeded").getJsonObject("data").getString("job_id"))
                .isEqualTo(job);

        JsonObject finished = json(get("/jobs/" + job + "?wait=20s", owner), 200);
        assertThat(finished.getString("state")).isEqualTo("succeeded");
        JsonObject shown = delivered(id);
        assertShape(shown, "upload.json");
        assertThat(shown.getString("state")).isEqualTo("completed");
        assertThat(shown.getString("processing")).isEqualTo("succeeded");
        JsonObject events = json(get("/events?after=0", owner), 200);
        assertShape(events, "events-page.json");
        assertThat(events.getJsonArray("events"))
                .extracting(event -> event.asJsonObject().getString("type"))
                .containsExactly("upload.completed", "job.succeeded");
        assertThat(get(true, "/metrics", "").body())
                .contains("sluice_uploads{state=\"completed\"} 1")
                .contains("sluice_jobs{kind=\"verify\",state=\"succeeded\"} 1")
                .contains("sluice_deliveries{state=\"delivered\"} 2")
                .contains("sluice_job_attempts_total{kind=\"verify\",outcome=\"succeeded\"} 1")
                .contains("sluice_worker_alive{worker=\"w-1\"")
                .containsPattern("sluice_worker_running\\{worker=\"w-1\",boot=\"[^\"]+\",queue=\"jobs\"} 1")
                .contains("sluice_oldest_ready_age_seconds{queue=\"jobs\"} 0")
                .contains("sluice_commits_total")
                .contains("sluice_loop_latency_seconds");
    }

    @Test
    void aWaiterForAJobIsAnsweredWhenItEnds() throws Exception {
        String id = upload();
        String job = json(get("/uploads/" + id, owner), 200)
                .getJsonArray("jobs")
                .getJsonObject(0)
                .getString("job_id");
        CompletableFuture<HttpResponse<String>> waiting = http.sendAsync(
                request(false, "/jobs/" + job + "?wait=50s", owner).GET().build(),
                HttpResponse.BodyHandlers.ofString());

        leased(id);

        JsonObject answer = json(waiting.get(20, TimeUnit.SECONDS), 200);
        assertThat(answer.getString("state")).isEqualTo("succeeded");
        assertShape(answer, "job.json");
    }

    @Test
    void whatBelongsToAnotherKeyIsNotThere() throws Exception {
        String id = upload();
        String job = leased(id);

        for (String path : List.of("/uploads/" + id, "/jobs/" + job)) {
            problem(get(path, FOREIGN), 404, "not-found");
        }
        assertThat(json(get("/uploads", FOREIGN), 200).getJsonArray("uploads")).isEmpty();
        assertThat(json(get("/jobs", FOREIGN), 200).getJsonArray("jobs")).isEmpty();
        assertThat(json(get("/events", FOREIGN), 200).getJsonArray("events")).isEmpty();
        String url = "http://127.0.0.1:9000/uploads/"
                + json(get("/uploads/" + id, owner), 200).getString("key");
        problem(post(false, "/upload-complete", FOREIGN, hint(url)), 404, "not-found");
    }

    @Test
    void aHintMeetsTheUploadOrMakesAReportedOne() throws Exception {
        String id = upload();
        String key = json(get("/uploads/" + id, owner), 200).getString("key");

        JsonObject met =
                json(post(false, "/upload-complete", owner, hint("http://127.0.0.1:9000/uploads/" + key)), 200);
        JsonObject reported =
                json(post(false, "/upload-complete", owner, hint("http://127.0.0.1:9000/uploads/other/file")), 200);

        assertThat(met.getString("upload_id")).isEqualTo(id);
        assertThat(met.getString("state")).isEqualTo("completed");
        assertShape(reported, "hint-answer.json");
        assertThat(reported.getString("state")).isEqualTo("reported");
        problem(post(false, "/upload-complete", owner, hint("http://elsewhere/uploads/x")), 422, "unknown-store");
    }

    @Test
    void storesMayNotifyOnceTheyHaveAToken() throws Exception {
        String event = Examples.read("minio-webhook.json").toString();
        problem(post(false, "/upload-complete/minio", owner, event), 404, "not-found");
        problem(get("/upload-complete/minio", owner), 404, "not-found");
        service.close();
        service = started(
                "metadata.webhooks.minio.token-files.0=" + file("webhook", WEBHOOK),
                "metadata.authorize.url=" + application.url(),
                "metadata.authorize.buckets.0=pictures");

        problem(post(false, "/upload-complete/minio", owner, event), 401, "unauthorized");
        problem(get("/upload-complete/minio", WEBHOOK), 405, "method-not-allowed");
        json(post(false, "/upload-complete/minio", WEBHOOK, event), 200);
        String chosen = event.replace("\"uploads\"", "\"pictures\"");
        assertThat(json(post(false, "/upload-complete/minio", WEBHOOK, chosen), 200)
                        .getJsonArray("records"))
                .as("a bucket that only the application chooses")
                .containsExactly(Json.createValue("reported"));
        String foreign = event.replace("\"uploads\"", "\"elsewhere\"");
        assertThat(json(post(false, "/upload-complete/minio", WEBHOOK, foreign), 200)
                        .getJsonArray("records"))
                .containsExactly(Json.createValue("unknown-bucket"));

        JsonObject row =
                json(get("/uploads", owner), 200).getJsonArray("uploads").getJsonObject(0);
        assertThat(row.getString("state")).isEqualTo("reported");
        assertThat(row.getString("key")).isEqualTo("incoming/report 2026.pdf");
        assertThat(get(true, "/metrics", "").body())
                .contains("sluice_webhook_records_total{source=\"minio\",outcome=\"reported\"} 2")
                .contains("sluice_webhook_records_total{source=\"minio\",outcome=\"parked\"} 0");
        problem(post(true, "/upload-complete/minio", WEBHOOK, event), 404, "not-found");
    }

    private JsonObject callback(String type) throws InterruptedException {
        Receivers.Got got = application.got.poll(20, TimeUnit.SECONDS);
        assertThat(got).isNotNull();
        assertThat(got.signed()).isTrue();
        JsonObject body = JsonIo.parse(got.body());
        assertThat(body.getString("type")).isEqualTo(type);
        return body;
    }

    /** The upload once both callbacks are recorded, which is a moment after the receiver has seen them. */
    private JsonObject delivered(String id) throws Exception {
        return Stream.generate(() -> shown(id))
                .filter(upload -> upload.getJsonArray("deliveries").stream()
                        .map(JsonValue::asJsonObject)
                        .allMatch(delivery -> delivery.getString("state").equals("delivered")))
                .findFirst()
                .orElseThrow();
    }

    private JsonObject shown(String id) {
        try {
            return json(get("/uploads/" + id, owner), 200);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
