package dev.sluice.gateway.metadata;

import java.util.Optional;

/** What the metadata service said to a report; silence is no answer. */
public sealed interface ReportAnswer {
    /** It is on record; a completion comes with its receipt. */
    record Recorded(Optional<Receipt> receipt) implements ReportAnswer {}

    /** A later attempt has taken the upload over. */
    record Superseded() implements ReportAnswer {}
}
