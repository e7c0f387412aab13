/** HTTP/1.1 connections to the store and the metadata service, with a deadline for every wait. */
@NullMarked
package dev.sluice.gateway.connection;

import org.jspecify.annotations.NullMarked;
