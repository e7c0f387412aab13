/** How the keys of the configuration are found and their values read. */
@NullMarked
package dev.sluice.metadata.config;

import org.jspecify.annotations.NullMarked;
