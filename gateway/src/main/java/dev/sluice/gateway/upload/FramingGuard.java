package dev.sluice.gateway.upload;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Refuses requests whose framing Helidon reads in its own way: their body would run as the next request (docs/adr/0007-the-byte-path.md). In front of every
 * route.
 */
final class FramingGuard implements Filter {
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
    private static final List<String> CHUNKED = List.of("chunked");

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        if (!plain(request)) {
            UploadResult refusal = UploadResult.rejected(
                    Problem.BAD_FRAMING, "Content-Length or Transfer-Encoding is not one plain statement.");
            new Answer(request, response).send(refusal, true);
            throw new CloseConnectionException("bad framing");
        }
        chain.proceed();
    }

    private static boolean plain(RoutingRequest request) {
        List<String> lengths = values(request.headers(), HeaderNames.CONTENT_LENGTH);
        List<String> encodings = values(request.headers(), HeaderNames.TRANSFER_ENCODING);
        boolean framed = encodings.isEmpty()
                ? lengths.isEmpty()
                        || (lengths.size() == 1
                                && LENGTH.matcher(lengths.getFirst()).matches())
                : encodings.equals(CHUNKED) && lengths.isEmpty();
        return framed && request.prologue().uriPath().rawPath().startsWith("/");
    }

    private static List<String> values(ServerRequestHeaders headers, HeaderName name) {
        return headers.contains(name) ? headers.get(name).allValues() : List.of();
    }
}
