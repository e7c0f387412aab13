package dev.sluice.it.storm;

import dev.sluice.it.Payload;
import java.util.Optional;

/**
 * One thing that a client wants, with all that makes it different from others.
 *
 * @param name the file's name, or the object's key where somebody else stores it; no other operation has it
 */
record Operation(int number, String owner, String name, Payload payload, Shape shape) {
    /** What is asked for. */
    enum Kind {
        /** A file through the gateway. */
        UPLOAD,
        /** A file in an HTML form. */
        FORM,
        /** An object that the client puts into the store itself and announces by its URL. */
        ANNOUNCEMENT,
        /** The same, but the store announces it. */
        NOTIFICATION,
        /** The URL of an object that is not there. */
        EMPTY_ANNOUNCEMENT
    }

    /** What the client says of its file's digest. */
    enum Digest {
        NONE,
        RIGHT,
        WRONG
    }

    /** How the client behaves at its first try; it is steady at others. */
    enum Conduct {
        STEADY,
        SLOW,
        /** Resets the connection in the middle of the body. */
        LEAVES_IN_BODY,
        /** Ends its half of the connection in the middle of the body. */
        STOPS_IN_BODY,
        /** Sends all and does not wait for the answer. */
        LEAVES_AFTER_END,
        /** Sends the same twice at the same time. */
        TWICE_AT_ONCE;

        boolean endsBody() {
            return this != LEAVES_IN_BODY && this != STOPS_IN_BODY;
        }
    }

    /**
     * How it is sent.
     *
     * @param posted the name goes in a Content-Disposition instead of the path
     * @param counted its content type has a command run
     */
    record Shape(
            Kind kind,
            boolean chunked,
            boolean posted,
            boolean counted,
            Optional<String> key,
            Digest digest,
            Conduct conduct) {}

    Kind kind() {
        return shape.kind();
    }

    Optional<String> key() {
        return shape.key();
    }

    /** Whether the system could take it at all: a key lets a client that left come back. */
    boolean acceptable(long limit) {
        return switch (kind()) {
            case FORM, EMPTY_ANNOUNCEMENT -> false;
            case ANNOUNCEMENT, NOTIFICATION -> true;
            case UPLOAD ->
                shape.digest() != Digest.WRONG
                        && payload.size() <= limit
                        && (key().isPresent() || shape.conduct().endsBody());
        };
    }

    @Override
    public String toString() {
        return number + " " + owner + " " + kind() + " " + name + " size=" + payload.size() + " "
                + (shape.chunked() ? "chunked " : "") + (shape.posted() ? "posted " : "")
                + key().map(key -> "key=" + key + " ").orElse("") + "digest=" + shape.digest() + " " + shape.conduct();
    }
}
