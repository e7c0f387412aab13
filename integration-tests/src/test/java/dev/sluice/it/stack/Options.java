package dev.sluice.it.stack;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** How a system differs from the plain one; every method gives a changed copy. */
public record Options(
        boolean proxies,
        int gatewayHeapMb,
        List<String> gateway,
        List<String> metadata,
        List<String> worker,
        Map<String, String> nginx,
        Map<String, List<String>> commands) {

    /** Most systems have one owner at one address: what it may have of the gateway is tested apart. */
    private static final List<String> ALL_FOR_ONE = List.of("gateway.address-share=100", "gateway.owner-share=100");

    /** The gateway's heap bears twelve part buffers: more than any test has uploads of unknown length at once. */
    public static Options plain() {
        return new Options(false, 128, ALL_FOR_ONE, List.of(), List.of(), Map.of(), Map.of());
    }

    /** For what is not about lost gateways or workers: none is taken for lost only because the machine is busy. */
    public Options patient() {
        return metadata("metadata.times.silent=PT60S", "metadata.jobs.lease=PT20S");
    }

    /** Puts a fault proxy between gateway and store, and between gateway and metadata service. */
    public Options withProxies() {
        return new Options(true, gatewayHeapMb, gateway, metadata, worker, nginx, commands);
    }

    public Options withGatewayHeap(int megabytes) {
        return new Options(proxies, megabytes, gateway, metadata, worker, nginx, commands);
    }

    public Options gateway(String... arguments) {
        return new Options(proxies, gatewayHeapMb, joined(gateway, arguments), metadata, worker, nginx, commands);
    }

    public Options metadata(String... arguments) {
        return new Options(proxies, gatewayHeapMb, gateway, joined(metadata, arguments), worker, nginx, commands);
    }

    public Options worker(String... arguments) {
        return new Options(proxies, gatewayHeapMb, gateway, metadata, joined(worker, arguments), nginx, commands);
    }

    /** Sets a placeholder of the nginx template. */
    public Options nginx(String placeholder, String value) {
        Map<String, String> all = new HashMap<>(nginx);
        all.put(placeholder, value);
        return new Options(proxies, gatewayHeapMb, gateway, metadata, worker, Map.copyOf(all), commands);
    }

    /** Adds a command job for uploads of the type {@code application/x-KIND}; {@code @folder@} in it is the system's folder. */
    public Options command(String kind, String... argv) {
        Map<String, List<String>> all = new TreeMap<>(commands);
        all.put(kind, List.of(argv));
        return new Options(proxies, gatewayHeapMb, gateway, metadata, worker, nginx, Map.copyOf(all));
    }

    /** Adds a job for uploads of the type {@code application/x-KIND} that the system's own worker does not know. */
    public Options jobForOthers(String kind) {
        return command(kind);
    }

    private static List<String> joined(List<String> some, String... more) {
        return new ArrayList<>(Stream.concat(some.stream(), Stream.of(more)).toList());
    }
}
