package dev.sluice.it.storm;

/**
 * One invariant that does not hold.
 *
 * @param what in which way
 * @param where of which operation, row, object or process
 */
record Violation(Invariant invariant, Finding what, String where) {
    @Override
    public String toString() {
        return invariant + " " + what + ": " + where + " (" + invariant.promise() + ")";
    }
}
