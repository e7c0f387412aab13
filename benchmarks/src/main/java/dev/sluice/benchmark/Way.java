package dev.sluice.benchmark;

import dev.sluice.it.stack.Stack;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongFunction;

/**
 * One way for a file to the store.
 *
 * @param stack whose store it ends in
 * @param port where its clients connect
 * @param head makes the head of a request that stores one more object of a length
 * @param processes those that carry the bytes, by the names of their columns
 */
record Way(String name, Stack stack, int port, LongFunction<String> head, Processes processes) {
    static final String GATEWAY = "gateway";
    static final String NGINX = "nginx";
    static final String STORE = "store";
    static final String METADATA = "metadata service";

    /** Through nginx and the gateway. */
    static Way through(String name, Stack stack) {
        Map<String, Long> pids = new LinkedHashMap<>();
        pids.put(GATEWAY, stack.gateway().pid());
        pids.put(NGINX, stack.nginx().pid());
        stack.store().ifPresent(store -> pids.put(STORE, store.pid()));
        pids.put(METADATA, stack.metadata().pid());
        String authorization = "Authorization: Bearer " + stack.key("default") + "\r\n";
        return new Way(
                name,
                stack,
                stack.port(),
                length -> head("/upload/file.bin", "127.0.0.1:" + stack.port(), authorization, length),
                new Processes(pids));
    }

    /** To a URL that the store has signed for anybody. */
    static Way straight(Stack stack) {
        Map<String, Long> pids = new LinkedHashMap<>();
        stack.store().ifPresent(store -> pids.put(STORE, store.pid()));
        return new Way(
                "straight to the store",
                stack,
                stack.storeAccess().url().getPort(),
                length -> {
                    URI url = URI.create(stack.bucket().putUrl(stack.keyPrefix() + "direct/" + UUID.randomUUID()));
                    return head(url.getRawPath() + "?" + url.getRawQuery(), url.getAuthority(), "", length);
                },
                new Processes(pids));
    }

    /** The same with another process in a column. */
    Way with(String column, long pid) {
        Map<String, Long> pids = new LinkedHashMap<>(processes.pids());
        pids.put(column, pid);
        return new Way(name, stack, port, head, new Processes(pids));
    }

    private static String head(String target, String host, String more, long length) {
        return "PUT " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + more
                + "Content-Type: application/octet-stream\r\nContent-Length: " + length + "\r\n\r\n";
    }
}
