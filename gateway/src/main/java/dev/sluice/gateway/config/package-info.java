/** The keys of the configuration and how their values are read. */
@NullMarked
package dev.sluice.gateway.config;

import org.jspecify.annotations.NullMarked;
