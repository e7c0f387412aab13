/** How keys of the configuration are read. */
@NullMarked
package dev.sluice.worker.config;

import org.jspecify.annotations.NullMarked;
