/** The application's say about uploads: asked before a byte is read, and believed only when it answers. */
@NullMarked
package dev.sluice.metadata.authorize;

import org.jspecify.annotations.NullMarked;
