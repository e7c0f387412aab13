/** What an object store is to the gateway: objects appear whole, checked and once, or never. */
@NullMarked
package dev.sluice.gateway.storage;

import org.jspecify.annotations.NullMarked;
