package dev.sluice.gateway.upload;

/** How many percent of the places that others leave may be held from one address, and by one owner; 100: no ceiling. */
public record Shares(int ofAddress, int ofOwner) {}
