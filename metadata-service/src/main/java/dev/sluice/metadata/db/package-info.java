/** The one door to the database: reads on their own threads, all writes through one committing thread. */
@NullMarked
package dev.sluice.metadata.db;

import org.jspecify.annotations.NullMarked;
