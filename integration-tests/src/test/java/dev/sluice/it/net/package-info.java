/** Clients that behave badly, a proxy that breaks connections, and a receiver of callbacks that can be down. */
@NullMarked
package dev.sluice.it.net;

import org.jspecify.annotations.NullMarked;
