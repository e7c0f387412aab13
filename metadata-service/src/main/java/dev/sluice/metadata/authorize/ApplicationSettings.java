package dev.sluice.metadata.authorize;

import java.net.URI;
import java.time.Duration;

/**
 * Whom to ask, from the configuration and never from a client, and for how long; {@code owner} is whose the uploads are for which neither
 * a key nor the application names one.
 */
public record ApplicationSettings(URI url, Duration timeout, String owner) {}
