package dev.sluice.gateway.storage;

import java.util.Optional;

class InMemoryObjectStoreTest extends ObjectStoreContract {
    private final InMemoryObjectStore store = new InMemoryObjectStore();

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Override
    protected Optional<byte[]> read(ObjectKey key) {
        return store.content(key);
    }

    @Override
    protected String metadata(ObjectKey key) {
        NewObject object = store.object(key).orElseThrow();
        return object.contentType() + " " + object.uploadId();
    }
}
