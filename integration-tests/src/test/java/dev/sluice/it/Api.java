package dev.sluice.it;

import dev.sluice.it.net.Answer;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Http;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The public API as one owner sees it through nginx. */
public record Api(Stack stack, String owner) {
    private static final Set<String> OPEN = Set.of("intent", "receiving", "reported");
    private static final Duration AWAY = Duration.ofSeconds(10);
    private static final Duration BREATH = Duration.ofMillis(100);
    private static final Set<String> JOB_ENDED = Set.of("succeeded", "dead", "quarantined");

    public static Api of(Stack stack) {
        return new Api(stack, "default");
    }

    public Answer get(String path) {
        return Http.get(stack.url() + path, authorization());
    }

    public Answer hint(String url) {
        String json = Json.createObjectBuilder().add("url", url).build().toString();
        return Http.post(stack.url() + "/upload-complete", authorization(), json);
    }

    public JsonObject upload(String id) {
        Answer answer = get("/uploads/" + id);
        if (answer.status() != 200) {
            throw new IllegalStateException("GET /uploads/" + id + ": " + answer);
        }
        return answer.json();
    }

    public String state(String id) {
        return upload(id).getString("state");
    }

    public List<JsonObject> uploads() {
        return pages("/uploads?limit=200", "uploads");
    }

    /** The newest two hundred, if somebody answers at once. */
    public List<JsonObject> newestUploads() {
        return members(get("/uploads?limit=200").json(), "uploads");
    }

    /** All jobs of this owner, newest first. */
    public List<JsonObject> jobs() {
        return pages("/jobs?limit=200", "jobs");
    }

    public JsonObject job(String id) {
        return get("/jobs/" + id).json();
    }

    /** All events of this owner, oldest first. */
    public List<JsonObject> events() {
        List<JsonObject> all = new ArrayList<>();
        long after = 0;
        while (true) {
            JsonObject page = page("/events?limit=200&after=" + after);
            List<JsonObject> events = members(page, "events");
            if (events.isEmpty()) {
                return all;
            }
            all.addAll(events);
            after = page.getJsonNumber("next").longValue();
        }
    }

    /** Waits until the upload is in one of the states. */
    public JsonObject awaitState(String id, String... wanted) {
        Await.until("upload " + id + " is " + List.of(wanted), Times.SETTLED, () -> List.of(wanted)
                .contains(state(id)));
        return upload(id);
    }

    /** Waits until the upload, its jobs and its deliveries have their ends. */
    public JsonObject awaitSettled(String id) {
        Await.until("upload " + id + " is settled", Times.SETTLED, () -> settled(upload(id)));
        return upload(id);
    }

    public static boolean settled(JsonObject upload) {
        return !OPEN.contains(upload.getString("state"))
                && upload.getJsonArray("jobs").getValuesAs(JsonObject.class).stream()
                        .allMatch(job -> JOB_ENDED.contains(job.getString("state")))
                && upload.getJsonArray("deliveries").getValuesAs(JsonObject.class).stream()
                        .noneMatch(delivery -> delivery.getString("state").equals("pending"));
    }

    private List<JsonObject> pages(String path, String member) {
        List<JsonObject> all = new ArrayList<>();
        String cursor = "";
        do {
            JsonObject page = page(path + cursor);
            all.addAll(members(page, member));
            cursor = page.isNull("next_cursor") ? "" : "&cursor=" + page.getString("next_cursor");
        } while (!cursor.isEmpty());
        return all;
    }

    /** Asks again while a part is away for a moment. */
    private JsonObject page(String path) {
        long end = System.nanoTime() + AWAY.toNanos();
        Answer answer = get(path);
        while (answer.status() == 503 && System.nanoTime() < end) {
            Await.pass(BREATH);
            answer = get(path);
        }
        if (answer.status() != 200) {
            throw new IllegalStateException("GET " + path + ": " + answer);
        }
        return answer.json();
    }

    private static List<JsonObject> members(JsonObject page, String member) {
        return Optional.ofNullable(page.getJsonArray(member))
                .orElseThrow(() -> new IllegalStateException("no " + member + ": " + page))
                .getValuesAs(JsonObject.class);
    }

    private Map<String, String> authorization() {
        return Map.of("Authorization", "Bearer " + stack.key(owner));
    }
}
