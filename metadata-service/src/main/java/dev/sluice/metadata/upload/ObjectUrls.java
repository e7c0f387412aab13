package dev.sluice.metadata.upload;

import java.net.URI;
import java.util.Optional;

/** Where whoever may read an upload's object finds it: under {@code metadata.public-url}, or as a path where none is configured. */
public record ObjectUrls(String base) {
    public static ObjectUrls below(Optional<URI> publicUrl) {
        return new ObjectUrls(
                publicUrl.map(url -> url.toString().replaceAll("/+$", "")).orElse(""));
    }

    public String of(String uploadId) {
        return base + "/objects/" + uploadId;
    }
}
