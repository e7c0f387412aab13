package dev.sluice.metadata.access;

import dev.sluice.metadata.http.ProblemException;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Decides who is asking. Thread-safe. */
public final class Access {
    static final String ANONYMOUS = "anonymous";

    private static final Pattern SEPARATORS = Pattern.compile("[\\s\",]+");
    private static final Pattern BEARER = Pattern.compile("(?i:bearer) +([!-~]{1,512})");

    private final Keys keys;
    private final boolean anonymous;
    private final ServiceToken gateway;
    private final ServiceToken worker;

    /** With {@code anonymous}, requests from loopback need no key. */
    public Access(Keys keys, boolean anonymous, ServiceToken gateway, ServiceToken worker) {
        this.keys = keys;
        this.anonymous = anonymous;
        this.gateway = gateway;
        this.worker = worker;
    }

    /** The owner by whose key, or from whose address, a public request comes; 401 without. */
    public String owner(ServerRequest req) {
        return ownerOf(authorization(req), clientAddress(req)).orElseThrow(Access::unauthorized);
    }

    /** The same for a request that a gateway describes. A wrong key is nobody, even where no key would do. */
    public Optional<String> ownerOf(Optional<String> authorizationHeader, String clientAddress) {
        if (authorizationHeader.isPresent()) {
            return authorizationHeader.flatMap(Access::bearer).flatMap(keys::owner);
        }
        return anonymous && loopback(clientAddress) ? Optional.of(ANONYMOUS) : Optional.empty();
    }

    public void requireGateway(ServerRequest req) {
        require(req, gateway);
    }

    public void requireWorker(ServerRequest req) {
        require(req, worker);
    }

    /** Any of these; all are compared. */
    public static void require(ServerRequest req, List<ServiceToken> tokens) {
        boolean known = bearer(req)
                .map(presented ->
                        tokens.stream().map(token -> token.matches(presented)).reduce(false, Boolean::logicalOr))
                .orElse(false);
        if (!known) {
            throw unauthorized();
        }
    }

    /** The same for a request that a gateway describes. */
    public boolean isWorker(Optional<String> authorizationHeader) {
        return authorizationHeader
                .flatMap(Access::bearer)
                .filter(worker::matches)
                .isPresent();
    }

    /** Gateways and workers alike. */
    public void requireService(ServerRequest req) {
        if (bearer(req).filter(this::isService).isEmpty()) {
            throw unauthorized();
        }
    }

    /** Whether a key or a token of ours, which nobody else is to see, is in this header in any form, also in one that we do not take. */
    public boolean issued(Optional<String> authorizationHeader) {
        return authorizationHeader.stream()
                .flatMap(Access::words)
                .anyMatch(word -> isService(word) || keys.owner(word).isPresent());
    }

    private static Stream<String> words(String header) {
        Stream<String> words = SEPARATORS.splitAsStream(header).filter(word -> word.length() >= Keys.LEAST);
        return Stream.concat(bearer(header).stream(), words);
    }

    private boolean isService(String presented) {
        return gateway.matches(presented) || worker.matches(presented);
    }

    private static void require(ServerRequest req, ServiceToken token) {
        if (bearer(req).filter(token::matches).isEmpty()) {
            throw unauthorized();
        }
    }

    public static ProblemException unauthorized() {
        return new ProblemException(401, "unauthorized", "A valid bearer key is needed.");
    }

    private static Optional<String> authorization(ServerRequest req) {
        return req.headers().first(HeaderNames.AUTHORIZATION);
    }

    private static Optional<String> bearer(ServerRequest req) {
        return authorization(req).flatMap(Access::bearer);
    }

    private static Optional<String> bearer(String header) {
        var matcher = BEARER.matcher(header.strip());
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** What nginx says; without nginx the direct peer. A header from elsewhere than loopback is not believed. */
    private static String clientAddress(ServerRequest req) {
        String peer = req.remotePeer().address() instanceof InetSocketAddress address && address.getAddress() != null
                ? address.getAddress().getHostAddress()
                : "";
        return loopback(peer)
                ? req.headers()
                        .first(HeaderNames.X_FORWARDED_FOR)
                        .map(Access::last)
                        .orElse(peer)
                : peer;
    }

    /** Each proxy appends to the list. */
    private static String last(String forwardedFor) {
        return forwardedFor.substring(forwardedFor.lastIndexOf(',') + 1).strip();
    }

    private static boolean loopback(String address) {
        try {
            return InetAddress.ofLiteral(address).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
