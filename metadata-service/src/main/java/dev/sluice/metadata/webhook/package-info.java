/** Notifications that stores send about objects: hints, whatever they claim. */
@NullMarked
package dev.sluice.metadata.webhook;

import org.jspecify.annotations.NullMarked;
