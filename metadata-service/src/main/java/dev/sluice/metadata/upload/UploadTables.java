package dev.sluice.metadata.upload;

import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.db.Database;
import dev.sluice.metadata.gateway.Boots;
import java.time.InstantSource;

/** What everyone who reads or changes uploads needs: the database's two doors, the tables, who is alive, the time. */
public record UploadTables(
        Database database,
        Committer committer,
        UploadRepository uploads,
        AttemptRepository attempts,
        Aliases aliases,
        Boots boots,
        Changes changes,
        InstantSource clock) {

    public UploadTables(Database database, Committer committer, Boots boots, InstantSource clock) {
        this(
                database,
                committer,
                new UploadRepository(),
                new AttemptRepository(),
                new Aliases(),
                boots,
                new Changes(),
                clock);
    }

    public Outcomes outcomes(JobPlanner planner, Announcer announcer) {
        return new Outcomes(uploads, attempts, aliases, planner, announcer, changes);
    }
}
