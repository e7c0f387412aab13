/** One upload request: guarded, decided, received, answered. */
@NullMarked
package dev.sluice.gateway.upload;

import org.jspecify.annotations.NullMarked;
