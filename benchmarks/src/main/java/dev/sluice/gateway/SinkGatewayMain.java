package dev.sluice.gateway;

import dev.sluice.gateway.runtime.CommandLine;
import dev.sluice.gateway.runtime.HaltPoints;
import io.helidon.logging.common.LogConfig;
import java.util.Arrays;

/** Starts the gateway as it is, with a sink instead of a store: the sink's port, then the gateway's own arguments. */
public final class SinkGatewayMain {
    private SinkGatewayMain() {}

    public static void main(String[] arguments) {
        LogConfig.configureRuntime();
        GatewayMain.keepMapper();
        String[] own = Arrays.copyOfRange(arguments, 1, arguments.length);
        GatewayConfig config = GatewayConfig.from(CommandLine.parse(own).settings())
                .fittedTo(Runtime.getRuntime().maxMemory());
        new Gateway(config, new SinkObjectStore(Integer.parseInt(arguments[0])), HaltPoints.none());
    }
}
