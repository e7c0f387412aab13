/** The lease protocol: takes jobs from the metadata service, keeps their leases alive and reports how they ended. */
@NullMarked
package dev.sluice.worker.lease;

import org.jspecify.annotations.NullMarked;
