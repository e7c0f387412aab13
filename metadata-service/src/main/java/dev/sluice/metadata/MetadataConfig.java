package dev.sluice.metadata;

import dev.sluice.metadata.access.ServiceToken;
import dev.sluice.metadata.authorize.ApplicationSettings;
import dev.sluice.metadata.config.ConfigurationException;
import dev.sluice.metadata.config.Settings;
import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.delivery.Receiver;
import dev.sluice.metadata.event.Store;
import dev.sluice.metadata.health.LoopSampler;
import dev.sluice.metadata.http.WebhookSignature;
import dev.sluice.metadata.job.JobSettings;
import dev.sluice.metadata.job.Rule;
import dev.sluice.metadata.runtime.CommandLine;
import dev.sluice.metadata.upload.ObjectUrls;
import dev.sluice.metadata.upload.Times;
import dev.sluice.metadata.upload.UploadPolicy;
import dev.sluice.metadata.webhook.WebhookSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Everything that is configured, checked at start. Secrets are held by types that do not show them. */
record MetadataConfig(
        Listener listen,
        Listener internalListen,
        Path data,
        Path keys,
        boolean anonymous,
        ObjectUrls objectUrls,
        Secrets secrets,
        UploadPolicy uploads,
        List<Store> stores,
        Optional<WebhookSettings> minio,
        Optional<ApplicationSettings> application,
        Optional<Receiver> receiver,
        List<Rule> rules,
        JobSettings jobs,
        Committer.Limits commit,
        Optional<Long> maxDatabaseBytes,
        Times times,
        LoopSampler.Limits loop) {

    /** What gateways and workers prove themselves by. */
    record Secrets(ServiceToken gateway, ServiceToken worker, WebhookSignature signing) {}

    MetadataConfig {
        stores = List.copyOf(stores);
        rules = List.copyOf(rules);
    }

    /** Throws {@link ConfigurationException}, naming the key, before anything is opened. */
    static MetadataConfig from(CommandLine line) {
        MetadataConfig config = read(line);
        boolean loopback = config.listen().loopback() && config.internalListen().loopback();
        if (!line.haltAt().isEmpty() && !loopback) {
            throw new ConfigurationException("--halt-at is for tests: every listener must be on loopback");
        }
        return config;
    }

    private static MetadataConfig read(CommandLine line) {
        try {
            return ConfigReader.read(Settings.load(line.keys(), line.files(), "metadata"));
        } catch (ConfigurationException e) {
            throw line.located(e);
        }
    }
}
