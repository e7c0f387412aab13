package dev.sluice.gateway.s3;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** Resolves all names under {@code sluice.test} to this machine, for the whole JVM of the tests, and leaves the others alone. */
public final class LoopbackNames extends InetAddressResolverProvider {
    /** The names that are not resolved before their latch opens. */
    public static final Map<String, CountDownLatch> HANGING = new ConcurrentHashMap<>();

    @Override
    public InetAddressResolver get(Configuration configuration) {
        InetAddressResolver others = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                awaitRelease(host);
                return host.endsWith(".sluice.test")
                        ? Stream.of(InetAddress.getByAddress(host, new byte[] {127, 0, 0, 1}))
                        : others.lookupByName(host, policy);
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                return others.lookupByAddress(address);
            }
        };
    }

    private static void awaitRelease(String host) throws UnknownHostException {
        CountDownLatch hanging = HANGING.get(host);
        try {
            if (hanging != null) {
                hanging.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnknownHostException(host);
        }
    }

    @Override
    public String name() {
        return "sluice.test is here";
    }
}
