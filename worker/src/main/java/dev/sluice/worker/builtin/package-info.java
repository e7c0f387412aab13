/** Built-in jobs and the child JVM that runs them; uses nothing of the worker's other packages. */
@NullMarked
package dev.sluice.worker.builtin;

import org.jspecify.annotations.NullMarked;
