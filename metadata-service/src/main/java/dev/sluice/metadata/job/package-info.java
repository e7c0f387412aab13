/** Jobs: planned by rules, leased to workers, retried, settled. */
@NullMarked
package dev.sluice.metadata.job;

import org.jspecify.annotations.NullMarked;
