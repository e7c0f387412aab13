package dev.sluice.gateway.upload;

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
    /** By address, for owners are known later. */
    private final Places places;

    private final Places ownersPlaces;
    private final Places partBuffers;
    private final Places ownersPartBuffers;
    private final Shares shares;
    private volatile boolean draining;

    /** {@code partBuffers} is how many uploads of unknown length the store takes at once. */
    public OpenUploads(int ceiling, int partBuffers, Shares shares) {
        this.places = new Places(ceiling);
        this.ownersPlaces = new Places(ceiling);
        this.partBuffers = new Places(partBuffers);
        this.ownersPartBuffers = new Places(partBuffers);
        this.shares = shares;
    }

    /**
     * Opens one for whoever is at that address.
     *
     * @throws RefusedException the ceiling is reached, or that address has its share
     */
    OpenUpload open(String address) throws RefusedException {
        Holder holder = Holder.address(address, shares);
        Place place = take(places, holder, "Too many uploads from this address are open.");
        OpenUpload upload = new OpenUpload(Ids.next(), holder, place, this);
        uploads.put(upload.request(), upload);
        return upload;
    }

    /** A place among those of all owners. */
    Place placeOf(String owner) throws RefusedException {
        return take(ownersPlaces, Holder.owner(owner, shares), "Too many uploads of this owner are open.");
    }

    /** Part buffers, of which there are few, by address and by owner. */
    Place partBuffer(Holder address) throws RefusedException {
        return take(partBuffers, address, "Too many uploads of unknown length from this address are open.");
    }

    Place partBufferOf(String owner) throws RefusedException {
        Holder holder = Holder.owner(owner, shares);
        return take(ownersPartBuffers, holder, "Too many uploads of unknown length of this owner are open.");
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

    /** Lets nothing new in, waits for what runs, and cuts off what takes longer. */
    public void drain(Duration patience, Duration toCut) throws InterruptedException {
        draining = true;
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

    private static Place take(Places places, Holder holder, String refusal) throws RefusedException {
        Optional<Place> place = places.take(holder);
        if (place.isEmpty()) {
            throw places.free() == 0
                    ? new RefusedException(Problem.TOO_MANY_UPLOADS, "Too many uploads are open.")
                    : new RefusedException(Problem.SHARE_TAKEN, refusal);
        }
        return place.get();
    }
}
