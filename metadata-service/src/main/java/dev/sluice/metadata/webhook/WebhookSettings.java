package dev.sluice.metadata.webhook;

import dev.sluice.metadata.access.ServiceToken;
import java.util.List;

/**
 * How one store may send notifications ({@code metadata.webhooks.*}).
 *
 * @param tokens each is valid; two while one takes the other's place
 * @param owner whose uploads the objects become that nobody has announced
 */
public record WebhookSettings(List<ServiceToken> tokens, String owner) {
    public WebhookSettings {
        tokens = List.copyOf(tokens);
    }
}
