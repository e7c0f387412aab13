/** What the gateway says to the metadata service, and hears. */
@NullMarked
package dev.sluice.gateway.metadata;

import org.jspecify.annotations.NullMarked;
