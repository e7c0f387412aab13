/** Uploads: what one is, what it may become, and the only code that changes it. */
@NullMarked
package dev.sluice.metadata.upload;

import org.jspecify.annotations.NullMarked;
