/** What the process is made of, whatever it does: command line, halt points, signals between threads, ids, pauses. */
@NullMarked
package dev.sluice.metadata.runtime;

import org.jspecify.annotations.NullMarked;
