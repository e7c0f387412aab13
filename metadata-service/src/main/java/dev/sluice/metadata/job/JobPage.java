package dev.sluice.metadata.job;

import dev.sluice.metadata.db.Transaction;
import java.util.List;

/** One page of an owner's jobs, newest first, from below the cursor; an empty filter lets all pass. Checks are not listed. */
record JobPage(String owner, String cursor, String state, String kind, String uploadId, int limit) {
    static final String OF_OWNER = """
            select * from jobs
             where owner = ? and queue = 'jobs' and id < ? and (? = '' or state = ?) and (? = '' or kind = ?)
             order by id desc limit ?
            """;
    static final String OF_UPLOAD = """
            select * from jobs
             where upload_id = (select id from uploads where id = ? and owner = ?) and queue = 'jobs' and id < ?
               and (? = '' or state = ?) and (? = '' or kind = ?)
             order by id desc limit ?
            """;

    /** One more than the limit when another page follows. */
    List<Job> read(Transaction tx) {
        return uploadId.isEmpty()
                ? tx.list(OF_OWNER, Job::of, owner, cursor, state, state, kind, kind, limit + 1)
                : tx.list(OF_UPLOAD, Job::of, uploadId, owner, cursor, state, state, kind, kind, limit + 1);
    }
}
