package dev.sluice.gateway;

import dev.sluice.gateway.runtime.CommandLine;
import dev.sluice.gateway.runtime.HaltPoints;
import dev.sluice.gateway.storage.ObjectStore;
import io.helidon.logging.common.LogConfig;
import java.util.Arrays;

/** Starts the gateway as it is with another way to the store, to compare with: {@code sdk} or {@code sink:PORT}, then the gateway's own arguments. */
public final class OtherStoreMain {
    private OtherStoreMain() {}

    public static void main(String[] arguments) {
        LogConfig.configureRuntime();
        String[] own = Arrays.copyOfRange(arguments, 1, arguments.length);
        GatewayConfig config = GatewayConfig.from(CommandLine.parse(own).settings())
                .fittedTo(Runtime.getRuntime().maxMemory());
        new Gateway(config, store(arguments[0], config), HaltPoints.none());
    }

    private static ObjectStore store(String words, GatewayConfig config) {
        return words.startsWith("sink:")
                ? new SinkObjectStore(Integer.parseInt(words.substring("sink:".length())))
                : new SdkObjectStore(config.storage());
    }
}
