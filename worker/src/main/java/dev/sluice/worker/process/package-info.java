/** Work in operating system processes: configured commands and the pool of child JVMs. */
@NullMarked
package dev.sluice.worker.process;

import org.jspecify.annotations.NullMarked;
