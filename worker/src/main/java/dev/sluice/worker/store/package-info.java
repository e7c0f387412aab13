/** The worker's view of the object store: the only user of the storage client. */
@NullMarked
package dev.sluice.worker.store;

import org.jspecify.annotations.NullMarked;
