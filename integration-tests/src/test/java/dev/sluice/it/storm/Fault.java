package dev.sluice.it.storm;

/**
 * Something that is broken for a while and healed again.
 *
 * @param name as it is counted and written down
 * @param action breaks it, lets that last, and heals it
 */
record Fault(String name, Runnable action) {}
