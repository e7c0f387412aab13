/** Whether this process lives, can do its work, and how quickly it gets to it. */
@NullMarked
package dev.sluice.metadata.health;

import org.jspecify.annotations.NullMarked;
