/** What the process is made of, whatever it does: command line, signals, halt points, clockwork. */
@NullMarked
package dev.sluice.gateway.runtime;

import org.jspecify.annotations.NullMarked;
