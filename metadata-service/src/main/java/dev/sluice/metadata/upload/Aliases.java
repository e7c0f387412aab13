package dev.sluice.metadata.upload;

import dev.sluice.metadata.db.Transaction;
import java.util.Optional;

/** All SQL of the table {@code upload_aliases}: every name under which an upload may be met again. */
public final class Aliases {
    private static final String FIND = "select upload_id from upload_aliases where alias = ?";

    private static final String INSERT =
            "insert into upload_aliases (alias, upload_id) values (?, ?) on conflict (alias) do nothing";

    private static final String MOVE = "update upload_aliases set upload_id = ? where alias = ? and upload_id = ?";

    /** Of an Idempotency-Key. Neither owners nor keys have line breaks. */
    static String key(KeySpace space, String idempotencyKey) {
        return "k:" + space.owner() + "\n"
                + space.scope().map(scope -> scope + "\n").orElse("") + idempotencyKey;
    }

    /** Of a place in the store. */
    public static String object(String bucket, String key) {
        return "o:" + bucket + "/" + key;
    }

    /** Of what was at that place at one time: its version, else its content. */
    public static Optional<String> content(Upload upload, Proof proof) {
        String place = upload.bucket() + "/" + upload.objectKey();
        return proof.versionId().map(version -> "v:" + place + "@" + version).or(() -> proof.etag()
                .map(etag -> "e:" + place + "#" + etag + ":" + proof.size()));
    }

    public Optional<String> uploadId(Transaction tx, String alias) {
        return tx.first(FIND, row -> row.text("upload_id"), alias);
    }

    /** Returns false when the name is taken. */
    public boolean add(Transaction tx, String alias, String uploadId) {
        return tx.update(INSERT, alias, uploadId) == 1;
    }

    /** Makes a name mean a newer upload. */
    public boolean move(Transaction tx, String alias, String from, String to) {
        return tx.update(MOVE, to, alias, from) == 1;
    }
}
