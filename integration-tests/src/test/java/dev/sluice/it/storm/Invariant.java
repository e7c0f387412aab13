package dev.sluice.it.storm;

/** What must hold whenever everything is healed and settled, whatever was broken before. */
enum Invariant {
    I1("what a client was told to be stored is there as it was sent, completed, announced and processed"),
    I2("what is completed is there as it was sent, announced and processed, also when no client heard so"),
    I3(
            "nothing is invented: every object, row, event and callback belongs to an operation, and every object of ours is completed"),
    I4("nothing comes twice: one row of an object, one completion, one effect of each job"),
    I5("what was refused, or never ended, is not stored"),
    I6("what had an unknown outcome has a final one, and the same key gives it"),
    I7("no multipart upload stays open, and every sum that is kept is the sum of what is there"),
    I8("no owner sees what is another's"),
    I9("memory, descriptors and buffers are back where they were");

    private final String promise;

    Invariant(String promise) {
        this.promise = promise;
    }

    String promise() {
        return promise;
    }
}
