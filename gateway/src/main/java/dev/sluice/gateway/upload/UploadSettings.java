package dev.sluice.gateway.upload;

import java.time.Duration;

/** How bodies are received. */
public record UploadSettings(
        int maxOpenUploads,
        Shares shares,
        int bufferSize,
        Duration completionPatience,
        Pace pace,
        Duration linger,
        long lingerBytes) {
    public UploadSettings withMaxOpenUploads(int most) {
        return new UploadSettings(most, shares, bufferSize, completionPatience, pace, linger, lingerBytes);
    }

    /** The slowest that a client may be; only time spent waiting for it counts. */
    public record Pace(Duration stall, long minBytesPerSecond, Duration window) {}
}
