/** Gateways: which of their boots are alive, and which uploads these name. */
@NullMarked
package dev.sluice.metadata.gateway;

import org.jspecify.annotations.NullMarked;
