package dev.sluice.it.hostile;

import java.util.List;
import java.util.Map;

/**
 * One hostile request.
 *
 * @param doors what is expected there, by the door at which it is sent
 * @param pieces what is sent, placeholders not yet filled in
 * @param cut whether the client ends its side after that
 * @param hidden texts that no answer may hold, placeholders not yet filled in
 */
record Row(String name, Map<Door, Expected> doors, List<Piece> pieces, boolean cut, List<String> hidden) {
    /** Where requests come in. */
    enum Door {
        NGINX,
        GATEWAY,
        METADATA
    }

    /** Text to send, at once or byte by byte, over and over, until there is an answer. */
    record Piece(String text, boolean slowly) {}

    /** Then the answer has no body, whatever its header says. */
    boolean asksHead() {
        return pieces.getFirst().text().startsWith("HEAD ");
    }

    boolean slow() {
        return pieces.stream().anyMatch(Piece::slowly);
    }
}
