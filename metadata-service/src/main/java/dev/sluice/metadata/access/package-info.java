/** Who is asking: owners by bearer key, gateways and workers by service token. */
@NullMarked
package dev.sluice.metadata.access;

import org.jspecify.annotations.NullMarked;
