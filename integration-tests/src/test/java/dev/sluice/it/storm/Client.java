package dev.sluice.it.storm;

import dev.sluice.it.storm.History.Entry;
import dev.sluice.it.storm.Operation.Conduct;

/** Carries out one try of an operation, the way its shape says, and tells what is known of its end. */
interface Client {
    Entry upload(Operation operation, Conduct conduct);

    /** Puts the object into the store, past the gateway. Returns whether that is known to have succeeded. */
    boolean put(Operation operation);

    /**
     * Announces the object.
     *
     * @param there whether it is known to be there
     */
    Entry announce(Operation operation, boolean there);

    /** Posts the URL of an object that its own upload has stored: it must be that upload again. */
    Entry announceAgain(Operation operation, String uploadId);

    /** The status of a look at somebody's upload, or at its object, or 0. */
    int look(String viewer, String path);
}
