/** The gateway with other stores behind it; in this package because that is where it is put together. */
@NullMarked
package dev.sluice.gateway;

import org.jspecify.annotations.NullMarked;
