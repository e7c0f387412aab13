package dev.sluice.metadata.access;

import dev.sluice.metadata.http.LogText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The bearer keys of a folder, one file {@code OWNER.key} each; files that come or go are seen at the next look-up. Thread-safe. */
public final class Keys {
    private record Known(Instant changed, Instant readAt, Map<String, ServiceToken> keys) {
        /** A file system's clock is coarse: a change just before the reading may not show in the folder's time. */
        boolean stale(Instant now) {
            return !now.equals(changed) || Duration.between(changed, readAt).compareTo(COARSE) < 0;
        }
    }

    /** A file that is nobody's key as it stands. */
    private record Unusable(String owner, String reason, FileTime changed) {}

    private static final Logger LOG = System.getLogger(Keys.class.getName());
    private static final Duration COARSE = Duration.ofSeconds(2);
    private static final Pattern OWNER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final String SUFFIX = ".key";
    static final int LEAST = 16;
    /** What a client can send as a bearer token, and {@link Access} takes. */
    private static final Pattern SENDABLE = Pattern.compile("[!-~]{1,512}");

    private final Path folder;
    private volatile Known known;
    private Set<Unusable> told = Set.of();

    /** Makes the folder and {@code default.key} when there is no key. */
    public Keys(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
        this.known = read();
        Path first = folder.resolve("default" + SUFFIX);
        if (known.keys().isEmpty() && !Files.exists(first)) {
            make(first);
            this.known = read();
        }
    }

    /** Whether somebody may be called so. */
    public static boolean isOwner(String name) {
        return OWNER.matcher(name).matches();
    }

    /** Whether a key can be theirs. */
    public static boolean canOwn(String name) {
        return isOwner(name) && !name.equals(Access.ANONYMOUS);
    }

    /** Whose key this is; all keys are compared, however many there are. */
    Optional<String> owner(String presented) {
        Optional<String> owner = Optional.empty();
        for (Map.Entry<String, ServiceToken> key : current().entrySet()) {
            if (key.getValue().matches(presented)) {
                owner = Optional.of(key.getKey());
            }
        }
        return owner;
    }

    private Map<String, ServiceToken> current() {
        try {
            if (known.stale(Files.getLastModifiedTime(folder).toInstant())) {
                known = read();
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.log(Level.WARNING, "keys not read folder=" + folder, e);
        }
        return known.keys();
    }

    private Known read() throws IOException {
        Instant changed = Files.getLastModifiedTime(folder).toInstant();
        Instant readAt = Instant.now();
        Map<String, ServiceToken> keys = new HashMap<>();
        Set<Unusable> unusable = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                String owner = name.substring(0, name.length() - SUFFIX.length());
                FileTime changedAt = Files.getLastModifiedTime(file);
                String key = text(file);
                Optional<String> fault = canOwn(owner) ? fault(key) : Optional.of("no-owner");
                fault.ifPresentOrElse(
                        reason -> unusable.add(new Unusable(owner, reason, changedAt)),
                        () -> keys.put(owner, new ServiceToken(key)));
            }
        }
        tell(unusable);
        return new Known(changed, readAt, Map.copyOf(keys));
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file).strip();
        } catch (CharacterCodingException e) {
            return "\uFFFD"; // which is in no key
        }
    }

    private static Optional<String> fault(String key) {
        if (key.isEmpty()) {
            return Optional.of("empty");
        }
        if (key.chars().anyMatch(Character::isWhitespace)) {
            return Optional.of("blank");
        }
        if (key.length() < LEAST) {
            return Optional.of("too-short");
        }
        return SENDABLE.matcher(key).matches() ? Optional.empty() : Optional.of("not-sendable");
    }

    /** Once for each change of a file, however often the folder is read. */
    private synchronized void tell(Set<Unusable> unusable) {
        for (Unusable one : unusable) {
            if (!told.contains(one)) {
                LOG.log(Level.WARNING, "key not usable owner=" + LogText.of(one.owner()) + " reason=" + one.reason());
            }
        }
        told = Set.copyOf(unusable);
    }

    private static void make(Path file) throws IOException {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                file,
                "sk_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n",
                StandardOpenOption.WRITE);
        LOG.log(Level.INFO, "key made owner=default file=" + file);
    }
}
