package dev.sluice.it.storm;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is found when everything is healed and settled, from sources that do not know of each other.
 *
 * @param keyPrefix under which the keys of uploads lie
 * @param objects the listing of the bucket, every object read
 * @param multiparts keys with multipart uploads neither completed nor aborted
 * @param executions how often the command of an upload ran, by upload
 */
record Snapshot(
        String keyPrefix,
        Map<String, StoredObject> objects,
        Set<String> multiparts,
        List<Row> rows,
        List<Job> jobs,
        List<Message> events,
        List<Message> callbacks,
        Map<String, Long> executions,
        List<Sum> sums,
        List<Resource> resources) {

    record StoredObject(long size, String sha256) {}

    /**
     * An upload as one owner sees it.
     *
     * @param name its file name, or its key where the object came another way
     */
    record Row(String viewer, String id, String state, String name, String key, long size) {
        boolean completed() {
            return state.equals("completed");
        }

        boolean open() {
            return Set.of("intent", "receiving", "reported").contains(state);
        }
    }

    /** A job as one owner sees it; outcomes of its attempts in their order. */
    record Job(String viewer, String id, String uploadId, String kind, String state, List<String> outcomes) {}

    /** An event or a callback. */
    record Message(String viewer, String id, String type, String uploadId) {}

    /** A figure that somebody keeps, and the same counted. */
    record Sum(String name, long kept, long counted) {}

    /** A figure of a process that must come back: at most {@code slack} above the baseline. */
    record Resource(String name, long baseline, long now, long slack) {
        boolean exceeded() {
            return now > baseline + slack;
        }
    }
}
