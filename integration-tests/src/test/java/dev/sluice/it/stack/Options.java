package dev.sluice.it.stack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        Map<String, List<String>> commands,
        Running running) {

    /** Most systems have one owner at one address: what it may have of the gateway is tested apart. */
    private static final List<String> ALL_FOR_ONE =
            List.of("gateway.address-share=100", "gateway.owner-share=100", "gateway.client-share=100");

    /** The gateway's heap bears twelve part buffers: more than any test has uploads of unknown length at once. */
    public static Options plain() {
        return new Options(false, 128, ALL_FOR_ONE, List.of(), List.of(), Map.of(), Map.of(), Running.QUICK);
    }

    /** Heaps, JVM flags, times and shares as with {@code ./run}: for figures. */
    public static Options measured() {
        Running asRun = new Running(true, List.of(), Optional.empty());
        return new Options(false, 256, List.of(), List.of(), List.of(), Map.of(), Map.of(), asRun);
    }

    /** For what is not about lost gateways or workers: none is taken for lost only because the machine is busy. */
    public Options patient() {
        return metadata("metadata.times.silent=PT60S", "metadata.jobs.lease=PT20S");
    }

    /** Starts another program as the gateway, with the same JVM flags and arguments; these words stand where its jar would. */
    public Options gatewayProgram(String... words) {
        return running(new Running(running.measured(), List.of(words), running.objects()));
    }

    /** Has a store that belongs to the system keep its objects there, in memory perhaps. */
    public Options objectsIn(Path objects) {
        return running(new Running(running.measured(), running.gatewayProgram(), Optional.of(objects)));
    }

    public Options withGatewayHeap(int megabytes) {
        return new Options(proxies, megabytes, gateway, metadata, worker, nginx, commands, running);
    }

    /** Puts a fault proxy between gateway and store, between gateway and metadata service, and two more before the worker. */
    public Options withProxies() {
        return new Options(true, gatewayHeapMb, gateway, metadata, worker, nginx, commands, running);
    }

    public Options gateway(String... arguments) {
        return new Options(
                proxies, gatewayHeapMb, joined(gateway, arguments), metadata, worker, nginx, commands, running);
    }

    public Options metadata(String... arguments) {
        return new Options(
                proxies, gatewayHeapMb, gateway, joined(metadata, arguments), worker, nginx, commands, running);
    }

    public Options worker(String... arguments) {
        return new Options(
                proxies, gatewayHeapMb, gateway, metadata, joined(worker, arguments), nginx, commands, running);
    }

    /** Sets a placeholder of the nginx template. */
    public Options nginx(String placeholder, String value) {
        Map<String, String> all = new HashMap<>(nginx);
        all.put(placeholder, value);
        return new Options(proxies, gatewayHeapMb, gateway, metadata, worker, Map.copyOf(all), commands, running);
    }

    /** Adds a command job for uploads of the type {@code application/x-KIND}; {@code @folder@} in it is the system's folder. */
    public Options command(String kind, String... argv) {
        Map<String, List<String>> all = new TreeMap<>(commands);
        all.put(kind, List.of(argv));
        return new Options(proxies, gatewayHeapMb, gateway, metadata, worker, nginx, Map.copyOf(all), running);
    }

    private Options running(Running changed) {
        return new Options(proxies, gatewayHeapMb, gateway, metadata, worker, nginx, commands, changed);
    }

    /** Adds a job for uploads of the type {@code application/x-KIND} that the system's own worker does not know. */
    public Options jobForOthers(String kind) {
        return command(kind);
    }

    private static List<String> joined(List<String> some, String... more) {
        return new ArrayList<>(Stream.concat(some.stream(), Stream.of(more)).toList());
    }
}
