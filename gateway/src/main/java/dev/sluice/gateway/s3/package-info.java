/** The object store over S3: the only code that knows the protocol and its client. */
@NullMarked
package dev.sluice.gateway.s3;

import org.jspecify.annotations.NullMarked;
