/** The worker: leases jobs and runs them in processes of their own. */
@NullMarked
package dev.sluice.worker;

import org.jspecify.annotations.NullMarked;
