/** Whose certificates the store may show: for the storage client here, and for child JVMs. */
@NullMarked
package dev.sluice.worker.tls;

import org.jspecify.annotations.NullMarked;
