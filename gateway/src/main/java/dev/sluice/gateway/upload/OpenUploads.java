package dev.sluice.gateway.upload;

import dev.sluice.gateway.metadata.Decision.Uploader;
import dev.sluice.gateway.metadata.Progress;
import dev.sluice.gateway.runtime.Ids;
import dev.sluice.gateway.upload.BodyException.Kind;
import dev.sluice.gateway.upload.Places.Place;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** All uploads that this gateway answers for, the ceiling on those it works on, and what one client may have of it. Thread-safe. */
public final class OpenUploads {
    private final Map<UUID, OpenUpload> uploads = new ConcurrentHashMap<>();
    /** By address, for owners and clients are known later. */
    private final Places places;

    private final Places placesLetIn;
    private final Places partBuffers;
    private final Shares shares;
    private volatile boolean draining;

    /** {@code partBuffers} is how many uploads of unknown length the store takes at once. */
    public OpenUploads(int ceiling, int partBuffers, Shares shares) {
        this.places = new Places(ceiling);
        this.placesLetIn = new Places(ceiling);
        this.partBuffers = new Places(partBuffers);
        this.shares = shares;
    }

    /**
     * Opens one for whoever is at that address.
     *
     * @throws RefusedException the ceiling is reached, or that address has its share
     */
    OpenUpload open(String address) throws RefusedException {
        Holder holder = Holder.address(address, shares);
        Place place = place(places, places.take(holder), "Too many uploads from this address are open.");
        OpenUpload upload = new OpenUpload(Ids.next(), holder, place, this);
        uploads.put(upload.request(), upload);
        return upload;
    }

    /** A place among those of whom the metadata service has let in. */
    Place place(Uploader uploader, Holder address) throws RefusedException {
        String refusal = "Too many uploads of this user or owner or from this address are open.";
        return place(placesLetIn, take(placesLetIn, uploader, address), refusal);
    }

    /** A part buffer, of which there are few. */
    Place partBuffer(Uploader uploader, Holder address) throws RefusedException {
        String refusal = "Too many uploads of unknown length of this user or owner or from this address are open.";
        return place(partBuffers, take(partBuffers, uploader, address), refusal);
    }

    public List<Progress> progress() {
        return uploads.values().stream().map(OpenUpload::progress).toList();
    }

    /** How many are being worked on. */
    public int working() {
        return places.taken();
    }

    public boolean draining() {
        return draining;
    }

    /** Lets nothing new in from now on. */
    public void refuse() {
        draining = true;
    }

    /** Waits for what runs, and cuts off what takes longer. */
    public void drain(Duration patience, Duration toCut) throws InterruptedException {
        if (!places.awaitAllFree(patience)) {
            bodies().forEach(body -> body.cut(Kind.STOPPING));
            places.awaitAllFree(toCut);
        }
    }

    List<ReceivedBody> bodies() {
        return uploads.values().stream()
                .flatMap(upload -> upload.body().stream())
                .toList();
    }

    void forget(OpenUpload upload) {
        uploads.remove(upload.request());
    }

    private Optional<Place> take(Places places, Uploader uploader, Holder address) {
        return places.take(List.of(address, Holder.owner(uploader, shares)), Holder.clients(uploader, address, shares));
    }

    private static Place place(Places places, Optional<Place> place, String refusal) throws RefusedException {
        if (place.isEmpty()) {
            throw places.free() == 0
                    ? new RefusedException(Problem.TOO_MANY_UPLOADS, "Too many uploads are open.")
                    : new RefusedException(Problem.SHARE_TAKEN, refusal);
        }
        return place.get();
    }
}
