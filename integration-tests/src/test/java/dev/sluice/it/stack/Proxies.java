package dev.sluice.it.stack;

import dev.sluice.it.net.FaultProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/**
 * What can lie between one part and those that it calls: the store, and the internal listener of the metadata service.
 *
 * @param store as the part reaches it
 * @param internalPort at which the part reaches the metadata service
 */
public record Proxies(FaultProxy toStore, FaultProxy toMetadata, StoreAccess store, int internalPort)
        implements AutoCloseable {
    /** @param used whether the part goes through them */
    static Proxies of(boolean used, StoreAccess store, int internalPort) throws IOException {
        FaultProxy toStore = new FaultProxy(store::connect);
        FaultProxy toMetadata = new FaultProxy(() -> new Socket(InetAddress.getLoopbackAddress(), internalPort));
        return used
                ? new Proxies(toStore, toMetadata, store.throughProxy(toStore.port()), toMetadata.port())
                : new Proxies(toStore, toMetadata, store, internalPort);
    }

    @Override
    public void close() throws IOException {
        toStore.close();
        toMetadata.close();
    }
}
