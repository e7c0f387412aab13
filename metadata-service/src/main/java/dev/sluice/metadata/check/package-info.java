/** Checks: what a look into the store means for an upload that no message has settled. */
@NullMarked
package dev.sluice.metadata.check;

import org.jspecify.annotations.NullMarked;
