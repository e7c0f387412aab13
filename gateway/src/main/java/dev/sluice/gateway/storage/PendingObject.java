package dev.sluice.gateway.storage;

/**
 * An object that does not exist until its end has been sent (docs/upload-life.md rule 3). Belongs to one thread. {@link #close} without a
 * {@link #commit} leaves no trace: the store drops the cut body, a multipart upload is aborted.
 */
public interface PendingObject extends AutoCloseable {
    /**
     * Passes on bytes that are not the last ones.
     *
     * @throws StorageException the store refused or failed; the object will not exist
     */
    void write(byte[] buffer, int offset, int length);

    /**
     * Sends the withheld end (at least one byte, none only for an empty object) and waits for the store's answer. Call only when every
     * check has passed.
     *
     * @throws StorageException OUTCOME_UNKNOWN when no clear answer came: then the object may exist or not
     */
    StoredObject commit(byte[] buffer, int offset, int length);

    /** Aborts unless committed, or the outcome of the commit is unknown. */
    @Override
    void close();
}
