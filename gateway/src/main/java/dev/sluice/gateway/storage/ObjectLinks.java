package dev.sluice.gateway.storage;

import java.net.URI;

/** Makes addresses at the store by which one object can be read for a while, and nothing else done. Thread-safe. */
public interface ObjectLinks {
    URI read(ReadableObject object);

    /** To be asked by HEAD: an address is good for one method. */
    URI look(ReadableObject object);
}
