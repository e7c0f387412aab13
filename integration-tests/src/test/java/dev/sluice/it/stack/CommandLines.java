package dev.sluice.it.stack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How each part of one system is started: its program, its keys, and the file with rules and commands that all of them read. */
record CommandLines(
        Path folder,
        Options options,
        Secrets secrets,
        StoreAccess store,
        String keyPrefix,
        String publicUrl,
        String callbackUrl) {

    List<String> metadata(int port, int internalPort) {
        List<String> arguments =
                start(Programs.part("metadata-service", options.running().heap(96, 192), options.running()));
        arguments.addAll(List.of(
                "metadata.listen=127.0.0.1:" + port,
                "metadata.internal-listen=127.0.0.1:" + internalPort,
                "metadata.data=" + folder.resolve("metadata"),
                "metadata.public-url=" + publicUrl,
                "metadata.keys=" + folder.resolve("keys"),
                "metadata.gateway-token-file=" + secrets.file("gateway.token"),
                "metadata.worker-token-file=" + secrets.file("worker.token"),
                "metadata.signing-secret-file=" + secrets.file("signing.secret"),
                "metadata.webhooks.minio.token-files.0=" + secrets.file("minio.token"),
                "metadata.webhooks.minio.token-files.1=" + secrets.file("minio-next.token"),
                "metadata.max-upload-bytes=2147483648",
                "metadata.bucket=" + store.bucket(),
                "metadata.key-prefix=" + keyPrefix,
                "metadata.callback.url=" + callbackUrl,
                "metadata.callback.secret-file=" + secrets.file("callback.secret")));
        arguments.addAll(options.running().times(Times.metadata()));
        arguments.addAll(options.metadata());
        return arguments;
    }

    /** @param seen the store as this gateway reaches it: perhaps through a proxy */
    List<String> gateway(String name, int port, int healthPort, int internalPort, StoreAccess seen) {
        List<String> arguments = start(Programs.gateway(options.gatewayHeapMb(), options.running()));
        arguments.addAll(List.of(
                "gateway.name=" + name,
                "gateway.listen=127.0.0.1:" + port,
                "gateway.health-listen=127.0.0.1:" + healthPort,
                "gateway.metadata-url=http://127.0.0.1:" + internalPort,
                "gateway.token-file=" + secrets.file("gateway.token"),
                "gateway.signing-secret-file=" + secrets.file("signing.secret")));
        arguments.addAll(storage(seen));
        arguments.addAll(List.of(
                "storage.public-url=" + store.url(),
                "storage.reader-access-key=" + store.accessKey(),
                "storage.reader-secret-key-file=" + store.secretKeyFile()));
        arguments.addAll(options.running().times(Times.gateway()));
        arguments.addAll(options.gateway());
        return arguments;
    }

    /** @param seen the store as the worker reaches it */
    List<String> worker(int internalPort, StoreAccess seen) {
        List<String> arguments = start(Programs.part("worker", options.running().heap(96, 128), options.running()));
        arguments.addAll(List.of(
                "worker.name=w",
                "worker.metadata-url=http://127.0.0.1:" + internalPort,
                "worker.token-file=" + secrets.file("worker.token"),
                "worker.state=" + folder.resolve("worker")));
        arguments.addAll(storage(seen));
        arguments.addAll(options.running().times(Times.worker()));
        arguments.addAll(options.worker());
        return arguments;
    }

    String yaml() {
        StringBuilder text = new StringBuilder("metadata:\n  stores:\n    - url: " + store.url() + "\n      buckets: ["
                + store.bucket() + "]\n  rules:\n    - name: all\n      jobs:\n        - kind: verify\n");
        options.commands()
                .keySet()
                .forEach(kind ->
                        text.append("    - name: " + kind + "\n      match:\n        content-type: application/x-"
                                + kind + "\n      jobs:\n        - kind: " + kind + "\n"));
        Map<String, List<String>> ours = new TreeMap<>(options.commands());
        ours.values().removeIf(List::isEmpty);
        text.append(ours.isEmpty() ? "" : "worker:\n  commands:\n");
        ours.forEach((kind, argv) -> {
            text.append("    " + kind + ":\n      argv:\n");
            argv.forEach(word -> text.append(
                    "        - '" + word.replace("@folder@", folder.toString()).replace("'", "''") + "'\n"));
        });
        return text.toString();
    }

    private List<String> start(List<String> command) {
        command.addAll(List.of("--config", folder.resolve("system.yaml").toString()));
        return command;
    }

    private List<String> storage(StoreAccess access) {
        List<String> arguments = new ArrayList<>(List.of(
                "storage.url=" + access.url(),
                "storage.bucket=" + access.bucket(),
                "storage.access-key=" + access.accessKey(),
                "storage.secret-key-file=" + access.secretKeyFile(),
                "storage.integrity=" + access.integrity()));
        access.caFile().ifPresent(file -> arguments.add("storage.ca-file=" + file));
        arguments.addAll(options.running().times(Times.storage()));
        return arguments;
    }
}
