/** What the outside announces: hints and the gateways' signed messages, one small parser per form, and the log of events. */
@NullMarked
package dev.sluice.metadata.event;

import org.jspecify.annotations.NullMarked;
