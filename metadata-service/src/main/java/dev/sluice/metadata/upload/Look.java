package dev.sluice.metadata.upload;

import dev.sluice.metadata.db.Row;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What checks of an attempt's key have come to, and when the next is due. {@code absences} counts those that count: 1, 2 (expired), 3 (the
 * final check was made); {@code unclear} counts checks in a row that got no answer.
 */
public record Look(
        Optional<Long> at,
        int absences,
        Optional<Long> absentAt,
        int unclear,
        Optional<String> note,
        Optional<Long> bucketMissingAt,
        boolean delete) {

    /** Never checked. */
    static Look first(Optional<Long> at) {
        return new Look(at, 0, Optional.empty(), 0, Optional.empty(), Optional.empty(), false);
    }

    static Look of(Row row) throws SQLException {
        return new Look(
                row.maybeNumber("check_at"),
                row.integer("absences"),
                row.maybeNumber("absent_at"),
                row.integer("unclear"),
                row.maybeText("check_note"),
                row.maybeNumber("bucket_missing_at"),
                row.flag("delete_object"));
    }

    /** The store has answered, and nothing more is to be looked for. */
    public Look over() {
        return new Look(Optional.empty(), absences, absentAt, 0, Optional.empty(), Optional.empty(), delete);
    }

    /** No later than {@code time}: a hint may have asked for a sooner look meanwhile. */
    public Look next(long time) {
        return new Look(
                Optional.of(Math.min(time, at.orElse(time))),
                absences,
                absentAt,
                unclear,
                note,
                bucketMissingAt,
                delete);
    }

    /** The store has answered; what follows is up to {@link #next}. */
    public Look answered() {
        return new Look(at, absences, absentAt, 0, Optional.empty(), Optional.empty(), delete);
    }

    public Look absent(long now) {
        return new Look(at, absences + 1, Optional.of(now), unclear, note, bucketMissingAt, delete);
    }

    /** What was counted counts no more: it is somebody's again. */
    public Look somebodys() {
        return new Look(at, 0, Optional.empty(), unclear, note, bucketMissingAt, delete);
    }

    public Look unanswered(String why) {
        return new Look(at, absences, absentAt, unclear + 1, Optional.of(why), bucketMissingAt, delete);
    }

    public Look bucketMissing(long now) {
        return new Look(at, absences, absentAt, unclear, note, bucketMissingAt.or(() -> Optional.of(now)), delete);
    }

    public Look deleting(boolean wanted) {
        return new Look(at, absences, absentAt, unclear, note, bucketMissingAt, wanted);
    }
}
