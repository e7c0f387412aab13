package dev.sluice.metadata.webhook;

import java.util.Locale;

/** What became of one record of a notification. */
public enum Outcome {
    /** Its object is known; a look at it was brought forward where one can tell anything. */
    HINTED,
    /** Its object was not known: there is a row now, and a look due. */
    REPORTED,
    /** Under our own prefix and not the key of any attempt, or a file that the store keeps for itself. */
    UNKNOWN_KEY,
    UNKNOWN_BUCKET,
    REMOVED,
    /** An event that says nothing about content: tags, ACLs, retention, replication, or one we do not know. */
    IGNORED,
    /** What a store sends to try the address. */
    TEST,
    /** Unreadable: put aside. */
    PARKED;

    /** As in JSON and metrics. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
