package dev.sluice.gateway.s3;

import dev.sluice.gateway.s3.StoreAddress.Addressing;
import dev.sluice.gateway.storage.ObjectLinks;
import dev.sluice.gateway.storage.ReadableObject;
import io.minio.GetPresignedObjectUrlArgs;
import io.minio.Http;
import io.minio.MinioAsyncClient;
import io.minio.errors.MinioException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;
import okhttp3.OkHttpClient;

/** Signs reads with the reader's identity; the store is not asked. Thread-safe. */
public final class PresignedLinks implements ObjectLinks {
    /** What is not ASCII, ends or escapes a quoted string, looks like an escape (RFC 6266 appendix D), or means something to a file system. */
    private static final Pattern NOT_PLAIN = Pattern.compile("[^ -~]|[\"\\\\%;/:*?<>|]");

    private final ReaderConfig config;
    private final MinioAsyncClient client;

    public PresignedLinks(ReaderConfig config) {
        this.config = config;
        this.client = MinioAsyncClient.builder()
                .endpoint(config.publicUrl().toString())
                .region(config.region())
                .credentials(config.accessKey(), config.secretKey())
                // never used; the one that the client makes for itself reads all certificates of the machine
                .httpClient(new OkHttpClient())
                .build();
        if (config.addressing() == Addressing.VIRTUAL_HOST) {
            client.enableVirtualStyleEndpoint();
        } else {
            client.disableVirtualStyleEndpoint();
        }
    }

    @Override
    public URI read(ReadableObject object) {
        return link(Http.Method.GET, object);
    }

    @Override
    public URI look(ReadableObject object) {
        return link(Http.Method.HEAD, object);
    }

    private URI link(Http.Method method, ReadableObject object) {
        GetPresignedObjectUrlArgs.Builder args = GetPresignedObjectUrlArgs.builder()
                .method(method)
                .bucket(object.bucket())
                .object(object.key())
                .extraQueryParams(Map.of("response-content-disposition", disposition(object)))
                .expiry(Math.toIntExact(config.lifetime().toSeconds()));
        object.versionId().ifPresent(args::versionId);
        try {
            return URI.create(client.getPresignedObjectUrl(args.build()));
        } catch (MinioException e) {
            throw new IllegalStateException("cannot sign a read", e);
        }
    }

    /**
     * To be kept, never to be shown: what a client uploads must not run as a page of the store. Twice the name: plain for who knows no
     * other, then whole (RFC 6266 section 4.3, RFC 8187).
     */
    private static String disposition(ReadableObject object) {
        return object.filename()
                .map(name -> "attachment; filename=\"" + NOT_PLAIN.matcher(name).replaceAll("_")
                        + "\"; filename*=UTF-8''" + percentEncoded(name))
                .orElse("attachment");
    }

    private static String percentEncoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }
}
