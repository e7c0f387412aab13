package dev.sluice.gateway;

/**
 * How many uploads, and how many part buffers of them, a heap bears: what is configured, lowered to what fits. Failing at the ceiling is a
 * clear 503; failing behind it would be hundreds of seconds of garbage collection.
 */
record HeapLimits(int openUploads, int partBuffers) {
    /** Classes, connections to the others, health: more than twice of what is alive in an idle one ({@code benchmarks/run memory}). */
    private static final long BASE = 24L << 20;
    /**
     * Sockets, headers, a virtual thread's stack, beside the copy buffer. An upload holds 64 to 73 KiB in all ({@code benchmarks/run
     * memory}): its buffer is counted whole, but begins small.
     */
    private static final long PER_UPLOAD = 60L << 10;

    static HeapLimits of(long heap, int openUploads, int bufferSize, int partBuffers, int partSize) {
        int parts = Math.clamp(heap / 2 / partSize, 1, partBuffers);
        long left = heap - BASE - (long) parts * partSize;
        return new HeapLimits(Math.clamp(left / (bufferSize + PER_UPLOAD), 1, openUploads), parts);
    }
}
