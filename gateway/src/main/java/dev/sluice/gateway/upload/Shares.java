package dev.sluice.gateway.upload;

/**
 * How many percent of the places that others leave may be held from one address, and by one owner; and, within these, by one client: from one
 * address of one owner, and, of that again, by one user. 100: no ceiling.
 */
public record Shares(int ofAddress, int ofOwner, int ofClient) {}
