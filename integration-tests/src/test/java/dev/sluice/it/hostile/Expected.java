package dev.sluice.it.hostile;

import dev.sluice.it.net.Answer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a row may be answered with: any of its outcomes. */
record Expected(List<Outcome> outcomes) {
    /**
     * One way to end.
     *
     * @param status 0: closed without an answer
     * @param word of a 201 what is stored, of anything else the problem's code, empty for none
     */
    record Outcome(int status, String word) {
        @Override
        public String toString() {
            return status == 0 ? "closed" : (status + " " + word).strip();
        }
    }

    /** Such as {@code 400 bad-request | closed} or {@code 201 the bytes that are stored}. */
    static Expected parse(String text) {
        return new Expected(
                Stream.of(text.split(" \\| ", -1)).map(Expected::outcome).toList());
    }

    boolean holdsFor(Optional<Answer> answer) {
        return outcomes.stream().anyMatch(outcome -> fits(outcome, answer));
    }

    /** What a 201 must have stored. */
    Optional<String> stored() {
        return outcomes.stream()
                .filter(outcome -> outcome.status() == 201)
                .map(Outcome::word)
                .findFirst();
    }

    private static Outcome outcome(String text) {
        if (text.equals("closed")) {
            return new Outcome(0, "");
        }
        return new Outcome(Integer.parseInt(text.substring(0, 3)), text.length() > 4 ? text.substring(4) : "");
    }

    private static boolean fits(Outcome outcome, Optional<Answer> answer) {
        if (answer.isEmpty() || outcome.status() == 0) {
            return answer.isEmpty() && outcome.status() == 0;
        }
        boolean coded = outcome.status() < 300 || answer.get().code().equals(outcome.word());
        return answer.get().status() == outcome.status() && coded;
    }

    @Override
    public String toString() {
        return String.join(" | ", outcomes.stream().map(Outcome::toString).toList());
    }
}
