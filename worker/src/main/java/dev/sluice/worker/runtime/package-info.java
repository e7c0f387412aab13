/** What the process is made of, whatever it does: command line, signals, halt points. */
@NullMarked
package dev.sluice.worker.runtime;

import org.jspecify.annotations.NullMarked;
