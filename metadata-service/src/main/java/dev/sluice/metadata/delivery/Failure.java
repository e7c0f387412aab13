package dev.sluice.metadata.delivery;

import java.util.Optional;

/** A try that did not deliver: when the next one is due, unless there is none. */
record Failure(boolean dead, long runAt, Optional<Integer> status, String error) {}
