/** Check jobs: looks at the store and says what is there. */
@NullMarked
package dev.sluice.worker.check;

import org.jspecify.annotations.NullMarked;
