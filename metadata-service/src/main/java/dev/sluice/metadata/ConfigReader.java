package dev.sluice.metadata;

import dev.sluice.metadata.access.Keys;
import dev.sluice.metadata.access.ServiceToken;
import dev.sluice.metadata.authorize.ApplicationSettings;
import dev.sluice.metadata.config.Settings;
import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.delivery.Receiver;
import dev.sluice.metadata.event.Store;
import dev.sluice.metadata.health.LoopSampler;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.http.WebhookSignature;
import dev.sluice.metadata.job.JobSettings;
import dev.sluice.metadata.job.Rule;
import dev.sluice.metadata.runtime.Backoff;
import dev.sluice.metadata.upload.ObjectUrls;
import dev.sluice.metadata.upload.Times;
import dev.sluice.metadata.upload.UploadPolicy;
import dev.sluice.metadata.webhook.WebhookSettings;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Makes the configuration of its keys: the one place that knows their names and defaults. */
final class ConfigReader {
    private static final int MIN_TOKEN = 16;
    /** What S3 takes for one; the gateway takes no other. */
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    private static final Duration CHECK_RETRY_BASE = Duration.ofSeconds(1);

    private final Settings settings;

    private ConfigReader(Settings settings) {
        this.settings = settings;
    }

    static MetadataConfig read(Settings settings) {
        MetadataConfig config = new ConfigReader(settings).all();
        settings.refuseUnread();
        return config;
    }

    private MetadataConfig all() {
        Path data = Path.of(settings.required("data"));
        Times times = times();
        ObjectUrls objectUrls = ObjectUrls.below(publicUrl());
        return new MetadataConfig(
                listener("listen", "127.0.0.1:8090"),
                listener("internal-listen", "127.0.0.1:8091"),
                data,
                settings.text("keys").map(Path::of).orElse(data.resolve("keys")),
                settings.flag("anonymous"),
                objectUrls,
                new MetadataConfig.Secrets(
                        token("gateway-token-file"), token("worker-token-file"), signature("signing-secret-file")),
                new UploadPolicy(
                        bucket("bucket", settings.text("bucket").orElse("uploads")),
                        buckets("authorize.buckets"),
                        settings.text("key-prefix").orElse("u/"),
                        settings.number("max-upload-bytes", 524_288_000)),
                stores(),
                webhooks("webhooks.minio"),
                application(),
                receiver(),
                rules(),
                jobs(times, objectUrls),
                new Committer.Limits(
                        settings.count("commit.queue", 2048),
                        settings.span("commit.offer-timeout", "PT2S"),
                        settings.count("commit.batch", 256)),
                settings.maybeNumber("max-database-bytes"),
                times,
                new LoopSampler.Limits(
                        settings.span("loop.warn", "PT0.05S"), settings.span("loop.degraded", "PT0.1S")));
    }

    private Listener listener(String key, String absent) {
        return Listener.parse(settings.text(key).orElse(absent)).orElseThrow(() -> settings.wrong(key, "HOST:PORT"));
    }

    private ServiceToken token(String key) {
        return settings.secret(
                key,
                text -> text.length() < MIN_TOKEN ? Optional.empty() : Optional.of(new ServiceToken(text)),
                "a token of at least " + MIN_TOKEN + " characters");
    }

    private WebhookSignature signature(String key) {
        return settings.secret(key, WebhookSignature::parse, "whsec_ and base64 of 24 to 64 bytes");
    }

    private List<Store> stores() {
        List<Store> stores = new ArrayList<>();
        for (String index : settings.elements("stores")) {
            String store = "stores." + index;
            URI url = settings.url(store + ".url").orElseThrow(() -> settings.wrong(store + ".url", "an http URL"));
            stores.add(new Store(url, buckets(store + ".buckets")));
        }
        return stores;
    }

    private Optional<WebhookSettings> webhooks(String key) {
        String owner = settings.text(key + ".owner").orElse("default");
        if (!Keys.isOwner(owner)) {
            throw settings.wrong(key + ".owner", "the name of an owner");
        }
        String files = key + ".token-files";
        List<ServiceToken> tokens = settings.elements(files).stream()
                .map(index -> token(files + "." + index))
                .toList();
        return tokens.isEmpty() ? Optional.empty() : Optional.of(new WebhookSettings(tokens, owner));
    }

    private Set<String> buckets(String key) {
        Set<String> buckets = new HashSet<>();
        for (String index : settings.elements(key)) {
            String element = key + '.' + index;
            buckets.add(bucket(element, settings.required(element)));
        }
        return buckets;
    }

    private String bucket(String key, String name) {
        if (!BUCKET.matcher(name).matches()) {
            throw settings.wrong(key, "the name of a bucket");
        }
        return name;
    }

    /** Paths are put behind it. */
    private Optional<URI> publicUrl() {
        Optional<URI> url = settings.url("public-url");
        if (url.isPresent() && url.get().getRawQuery() != null) {
            throw settings.wrong("public-url", "an http URL without a query");
        }
        return url;
    }

    private Optional<ApplicationSettings> application() {
        Duration timeout = settings.span("authorize.timeout", "PT2S");
        String owner = settings.text("authorize.owner").orElse("application");
        if (!Keys.canOwn(owner)) {
            throw settings.wrong("authorize.owner", "the name of an owner");
        }
        return settings.url("authorize.url").map(url -> new ApplicationSettings(url, timeout, owner));
    }

    private Optional<Receiver> receiver() {
        Duration timeout = settings.span("callback.timeout", "PT15S");
        Backoff retry = backoff("callback", "PT1S", "PT10M");
        Duration giveUp = settings.span("callback.give-up", "P3D");
        Optional<URI> url = settings.url("callback.url");
        if (url.isEmpty()) {
            settings.text("callback.secret-file");
            return Optional.empty();
        }
        return Optional.of(new Receiver(url.get(), signature("callback.secret-file"), timeout, retry, giveUp));
    }

    private Backoff backoff(String section, String base, String cap) {
        return new Backoff(settings.span(section + ".retry-base", base), settings.span(section + ".retry-cap", cap));
    }

    private JobSettings jobs(Times times, ObjectUrls objectUrls) {
        return new JobSettings(
                settings.count("jobs.max-failures", 12),
                settings.count("jobs.max-crashes", 5),
                backoff("jobs", "PT2S", "PT5M"),
                new Backoff(CHECK_RETRY_BASE, times.checkBackoffCap()),
                settings.span("jobs.lease", "PT30S"),
                objectUrls);
    }

    private Times times() {
        return new Times(
                settings.span("times.silent", "PT60S"),
                settings.span("times.replaced", "PT12S"),
                settings.span("times.recheck", "PT35S"),
                settings.span("times.final-check", "PT10M"),
                settings.span("times.hint", "PT5S"),
                settings.span("times.check-backoff-cap", "PT10M"),
                settings.span("times.key-wait", "PT3S"),
                settings.span("times.bucket-gone", "PT24H"),
                settings.span("times.late-timer", "PT5S"),
                settings.span("times.sweep", "PT1S"));
    }

    private List<Rule> rules() {
        List<Rule> rules = new ArrayList<>();
        for (String index : settings.elements("rules")) {
            rules.add(rule("rules." + index));
        }
        if (rules.stream().map(Rule::name).distinct().count() < rules.size()) {
            throw settings.wrong("rules", "a list of rules with different names");
        }
        Rule.Step verify = new Rule.Step("verify", JsonObject.EMPTY_JSON_OBJECT);
        return rules.isEmpty() ? List.of(new Rule("default", Rule.Match.ALL, List.of(verify))) : rules;
    }

    private Rule rule(String key) {
        String match = key + ".match";
        List<Rule.Step> steps = new ArrayList<>();
        for (String index : settings.elements(key + ".jobs")) {
            String job = key + ".jobs." + index;
            steps.add(new Rule.Step(settings.required(job + ".kind"), object(job + ".config")));
        }
        return new Rule(
                settings.required(key + ".name"),
                new Rule.Match(
                        settings.text(match + ".bucket"),
                        settings.text(match + ".prefix"),
                        settings.text(match + ".content-type"),
                        settings.maybeNumber(match + ".min-size"),
                        settings.maybeNumber(match + ".max-size")),
                steps);
    }

    /** A free tree of keys as JSON: what looks like a number or a truth value is one. */
    private JsonObject object(String key) {
        JsonObjectBuilder object = JsonIo.object();
        for (String name : settings.below(key)) {
            String inner = key + '.' + name;
            if (!settings.below(inner).isEmpty()) {
                settings.text(inner);
                object.add(name, object(inner));
                continue;
            }
            String value = settings.text(inner).orElse("");
            if (value.matches("-?\\d{1,18}")) {
                object.add(name, Long.parseLong(value));
            } else if (value.equals("true") || value.equals("false")) {
                object.add(name, Boolean.parseBoolean(value));
            } else {
                object.add(name, value);
            }
        }
        return object.build();
    }
}
