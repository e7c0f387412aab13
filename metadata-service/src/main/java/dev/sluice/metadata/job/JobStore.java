package dev.sluice.metadata.job;

import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.db.Database;
import java.time.Clock;

/** Where jobs are kept, who is told of changes, and by which clock. */
public record JobStore(Database database, Committer committer, JobSignals signals, JobMeters meters, Clock clock) {}
