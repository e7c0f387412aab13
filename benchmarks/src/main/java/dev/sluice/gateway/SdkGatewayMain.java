package dev.sluice.gateway;

import dev.sluice.gateway.health.HealthServer;
import dev.sluice.gateway.health.Metrics;
import dev.sluice.gateway.health.Readiness;
import dev.sluice.gateway.runtime.CommandLine;
import dev.sluice.gateway.s3.StorageConfig;
import io.helidon.http.Status;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.logging.common.LogConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.Handler;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/**
 * A gateway as most would write it: the same HTTP server with the same options and arguments, whose handler gives the request's stream to
 * the storage client's {@code putObject}, with nothing between the two. It asks nobody, checks nothing and announces nothing.
 */
public final class SdkGatewayMain {
    /** As {@link Gateway} has it. */
    private static final int RECEIVE_BUFFER = 262_144;
    /** The storage client's default lets five requests run at once. */
    private static final int MOST_CALLS = 10_000;

    private static final long ITS_OWN_PART_SIZE = -1;

    private SdkGatewayMain() {}

    public static void main(String[] arguments) {
        LogConfig.configureRuntime();
        GatewayMain.keepMapper();
        GatewayConfig config = GatewayConfig.from(CommandLine.parse(arguments).settings());
        Handler handler = handler(client(config.storage()), config.storage().bucket());
        WebServer.builder()
                .address(config.listen().getAddress())
                .port(config.listen().getPort())
                .putListenerSocketOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER)
                .connectionOptions(options -> options.socketReceiveBufferSize(RECEIVE_BUFFER))
                .contentEncoding(ContentEncodingContext.builder()
                        .contentEncodingsDiscoverServices(false)
                        .build())
                .routing(routing -> routing.put("/upload/{name}", handler))
                .build()
                .start();
        new HealthServer(config.healthListen(), new Readiness(Map.of()), new Metrics());
    }

    private static Handler handler(MinioClient client, String bucket) {
        return (request, response) -> {
            long length = request.headers().contentLength().orElseThrow();
            String id = UUID.randomUUID().toString();
            client.putObject(PutObjectArgs.builder()
                    .bucket(bucket)
                    .object("u/" + id)
                    .contentType("application/octet-stream")
                    .userMetadata(Map.of("upload-id", id))
                    .stream(request.content().inputStream(), length, ITS_OWN_PART_SIZE)
                    .build());
            response.status(Status.CREATED_201).send(id);
        };
    }

    private static MinioClient client(StorageConfig config) {
        Dispatcher dispatcher = new Dispatcher(Executors.newVirtualThreadPerTaskExecutor());
        dispatcher.setMaxRequests(MOST_CALLS);
        dispatcher.setMaxRequestsPerHost(MOST_CALLS);
        return MinioClient.builder()
                .endpoint(config.address().url().toString())
                .region(config.region())
                .credentials(config.accessKey(), config.secretKey())
                .httpClient(new OkHttpClient.Builder().dispatcher(dispatcher).build())
                .build();
    }
}
