/** Objects handed out again: a question to the metadata service, and a redirect to the store. */
@NullMarked
package dev.sluice.gateway.object;

import org.jspecify.annotations.NullMarked;
