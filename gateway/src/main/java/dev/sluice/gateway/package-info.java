/** The gateway: relays upload bodies into object storage and keeps nothing. */
@NullMarked
package dev.sluice.gateway;

import org.jspecify.annotations.NullMarked;
