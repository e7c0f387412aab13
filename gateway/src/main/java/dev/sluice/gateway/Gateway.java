package dev.sluice.gateway;

import dev.sluice.gateway.health.HealthServer;
import dev.sluice.gateway.health.Metrics;
import dev.sluice.gateway.health.Probe;
import dev.sluice.gateway.health.Readiness;
import dev.sluice.gateway.metadata.Clocks;
import dev.sluice.gateway.metadata.Heartbeat;
import dev.sluice.gateway.metadata.MetadataClient;
import dev.sluice.gateway.metadata.Reports;
import dev.sluice.gateway.object.ObjectRoutes;
import dev.sluice.gateway.runtime.HaltPoints;
import dev.sluice.gateway.runtime.Ids;
import dev.sluice.gateway.runtime.Ticker;
import dev.sluice.gateway.s3.PresignedLinks;
import dev.sluice.gateway.storage.ObjectStore;
import dev.sluice.gateway.upload.OpenUploads;
import dev.sluice.gateway.upload.SlowClients;
import dev.sluice.gateway.upload.Unrouted;
import dev.sluice.gateway.upload.UploadReceiver;
import dev.sluice.gateway.upload.UploadRoutes;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A running gateway: all its parts, built by hand, with the two listeners. */
final class Gateway implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Gateway.class.getName());
    private static final Duration TO_CUT = Duration.ofSeconds(3);
    private static final Duration PROBE = Duration.ofSeconds(5);
    /** Larger buffers cost memory for each slow client, smaller ones cost CPU (docs/adr/0007-the-byte-path.md). */
    private static final int RECEIVE_BUFFER = 262_144;

    private final GatewayConfig config;
    private final Metrics metrics = new Metrics();
    private final Clocks clocks;
    private final OpenUploads uploads;
    private final MetadataClient metadata;
    private final Reports reports;
    private final Heartbeat heartbeat;
    private final Ticker slowClients;
    private final Probe storeProbe;
    private final UploadRoutes routes;
    private final WebServer server;
    private final HealthServer health;

    /** Starts everything. */
    Gateway(GatewayConfig config, ObjectStore store, HaltPoints halt) {
        this.config = config;
        clocks = new Clocks(config.metadata().maxClockSkew());
        uploads = new OpenUploads(
                config.upload().maxOpenUploads(),
                config.storage().partBuffers(),
                config.upload().shares());
        metadata = new MetadataClient(config.metadata(), clocks, Ids.next());
        reports = new Reports(metadata);
        heartbeat = new Heartbeat(metadata, config.metadata().heartbeat(), uploads::progress);
        storeProbe = new Probe(store::reachable, PROBE);
        SlowClients watch = new SlowClients(uploads, config.upload().pace());
        slowClients = Ticker.start("slow-clients", watch.interval(), watch::look);
        var parts = new UploadReceiver.Parts(store, metadata, reports, clocks, uploads, metrics, halt);
        UploadReceiver receiver = new UploadReceiver(parts, config.upload());
        routes = new UploadRoutes(receiver, config.upload(), metrics);
        server = server(new ObjectRoutes(metadata, config.reader().map(PresignedLinks::new)));
        gauges(store);
        server.start();
        health = new HealthServer(config.healthListen(), readiness(), metrics);
        LOG.log(
                System.Logger.Level.INFO,
                "gateway started name=" + config.metadata().gatewayName() + " port=" + port() + " health="
                        + healthPort());
    }

    int port() {
        return server.port();
    }

    int healthPort() {
        return health.port();
    }

    /** Finishes what runs, within the configured time; new uploads are refused meanwhile. */
    void drain() throws InterruptedException {
        uploads.refuse();
        LOG.log(System.Logger.Level.INFO, "gateway draining open=" + uploads.working());
        uploads.drain(config.drain(), TO_CUT);
        LOG.log(System.Logger.Level.INFO, "gateway drained open=" + uploads.working());
    }

    @Override
    public void close() {
        server.stop();
        routes.close();
        slowClients.close();
        heartbeat.close();
        storeProbe.close();
        reports.close();
        metadata.close();
        health.close();
    }

    private WebServer server(ObjectRoutes objects) {
        HttpRouting.Builder routing = HttpRouting.builder();
        objects.register(routing);
        routes.register(routing);
        return WebServer.builder()
                .address(config.listen().getAddress())
                .port(config.listen().getPort())
                .putListenerSocketOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER)
                .connectionOptions(options -> options.socketReceiveBufferSize(RECEIVE_BUFFER))
                .contentEncoding(ContentEncodingContext.builder()
                        .contentEncodingsDiscoverServices(false)
                        .build())
                .shutdownGracePeriod(TO_CUT)
                .shutdownHook(false)
                .directHandlers(Unrouted.handlers())
                .routing(routing)
                .build();
    }

    private Readiness readiness() {
        Map<String, BooleanSupplier> obstacles = new LinkedHashMap<>();
        obstacles.put("draining", uploads::draining);
        obstacles.put("clock-skew", clocks::skewed);
        obstacles.put("store-unavailable", () -> !storeProbe.reachable());
        obstacles.put("metadata-unavailable", () -> !heartbeat.heard());
        return new Readiness(obstacles);
    }

    private void gauges(ObjectStore store) {
        metrics.gauge("sluice_gateway_open_uploads", "Uploads being worked on", uploads::working);
        metrics.gauge("sluice_gateway_pending_reports", "Reports that nobody has answered yet", reports::waiting);
        metrics.gauge(
                "sluice_gateway_free_part_buffers",
                "Buffers for uploads of unknown length that nobody holds",
                store::freePartBuffers);
        metrics.gauge("sluice_gateway_clock_off_ms", "How far the clock is off", clocks::offMillis);
    }
}
