/** Callbacks to the application: signed, retried, never in the way. */
@NullMarked
package dev.sluice.metadata.delivery;

import org.jspecify.annotations.NullMarked;
