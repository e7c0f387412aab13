package dev.sluice.it.storm;

import dev.sluice.it.Payload;
import dev.sluice.it.storm.Operation.Conduct;
import dev.sluice.it.storm.Operation.Digest;
import dev.sluice.it.storm.Operation.Kind;
import dev.sluice.it.storm.Operation.Shape;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Makes operations from a seed.
 *
 * @param limit the largest upload in bytes
 * @param foreignKey the key of an object that somebody else stores
 */
record Operations(long limit, UnaryOperator<String> foreignKey) {
    private static final int PART = 5 << 20;
    private static final List<String> NAMES = List.of(
            "plain.bin",
            "a b+c%&=#?;.txt",
            "überraschung-ß.txt",
            "日本語の名前.pdf",
            "smile-😀-👩‍👩‍👧.png",
            "e\u0301-decomposed.txt",
            "\"quoted\" 'name' <x>.csv",
            "..hidden",
            "long-" + "ä".repeat(200));

    /** The operation of this number: the numbers of one storm are given once. */
    Operation next(int number, SplittableRandom random) {
        Kind kind = kind(random.nextInt(100));
        // what a notification announces belongs to the default owner
        String owner = kind == Kind.NOTIFICATION || random.nextInt(4) > 0 ? "default" : "other";
        String name = kind == Kind.UPLOAD || kind == Kind.FORM
                ? number + "-" + NAMES.get(random.nextInt(NAMES.size()))
                : foreignKey.apply("o-" + number);
        Conduct conduct = kind == Kind.UPLOAD ? conduct(random.nextInt(100)) : Conduct.STEADY;
        // a body of nothing has no middle
        long least = conduct.endsBody() ? 0 : 1;
        Payload payload = new Payload(random.nextLong(), Math.max(least, size(conduct, random)));
        return new Operation(number, owner, name, payload, shape(kind, conduct, new Identity(number, owner), random));
    }

    /** One that nothing speaks against, and that holds what uploads hold for a while; three of four hold a part buffer, of which there are twelve. */
    Operation plain(int number) {
        boolean chunked = number % 4 != 0;
        Shape shape = new Shape(Kind.UPLOAD, chunked, false, true, Optional.empty(), Digest.NONE, Conduct.SLOW);
        return new Operation(number, "default", number + "-plain.bin", new Payload(number, 100_000), shape);
    }

    private record Identity(int number, String owner) {}

    private static Kind kind(int percent) {
        if (percent < 84) {
            return Kind.UPLOAD;
        }
        if (percent < 87) {
            return Kind.FORM;
        }
        if (percent < 93) {
            return Kind.ANNOUNCEMENT;
        }
        return percent < 97 ? Kind.NOTIFICATION : Kind.EMPTY_ANNOUNCEMENT;
    }

    private static Conduct conduct(int percent) {
        if (percent < 60) {
            return Conduct.STEADY;
        }
        if (percent < 73) {
            return Conduct.SLOW;
        }
        if (percent < 81) {
            return Conduct.LEAVES_IN_BODY;
        }
        if (percent < 85) {
            return Conduct.STOPS_IN_BODY;
        }
        return percent < 92 ? Conduct.LEAVES_AFTER_END : Conduct.TWICE_AT_ONCE;
    }

    private long size(Conduct conduct, SplittableRandom random) {
        int percent = random.nextInt(100);
        if (conduct == Conduct.SLOW) {
            return 20_000 + random.nextLong(200_000);
        }
        if (percent < 8) {
            return random.nextLong(3);
        }
        if (percent < 20) {
            return random.nextLong(5000);
        }
        if (percent < 70) {
            return 100_000;
        }
        if (percent < 90) {
            return random.nextLong(600_000);
        }
        // two whole parts and some, or one byte about the edge of a part
        return switch (percent) {
            case 90, 91, 92 -> PART + 1L + random.nextInt(PART);
            case 93 -> PART - 1L + random.nextInt(3);
            case 94, 95 -> limit - random.nextInt(1000);
            default -> limit + 1 + random.nextInt(300_000);
        };
    }

    /** Both owners use the same keys: they must not meet. */
    private static Shape shape(Kind kind, Conduct conduct, Identity identity, SplittableRandom random) {
        boolean keyed = conduct == Conduct.TWICE_AT_ONCE || random.nextInt(100) < 45;
        int named = identity.owner().equals("default") ? identity.number() : identity.number() - 1;
        int digest = random.nextInt(100);
        return new Shape(
                kind,
                random.nextBoolean(),
                random.nextInt(4) == 0,
                random.nextInt(3) == 0,
                kind == Kind.UPLOAD && keyed ? Optional.of("k-" + named) : Optional.empty(),
                digest < 80 ? Digest.NONE : digest < 92 ? Digest.RIGHT : Digest.WRONG,
                conduct);
    }
}
