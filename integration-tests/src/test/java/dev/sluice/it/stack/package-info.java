/** Starts, freezes, kills and looks at the real processes of one system on free loopback ports. */
@NullMarked
package dev.sluice.it.stack;

import org.jspecify.annotations.NullMarked;
