/** The object store, and the only code that knows S3. */
@NullMarked
package dev.sluice.gateway.storage;

import org.jspecify.annotations.NullMarked;
