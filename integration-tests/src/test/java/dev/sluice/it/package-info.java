/** The system suite: HTTP to running processes through the real nginx, S3 to the store, no class and no table of the parts. */
@NullMarked
package dev.sluice.it;

import org.jspecify.annotations.NullMarked;
