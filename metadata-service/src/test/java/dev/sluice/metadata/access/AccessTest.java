package dev.sluice.metadata.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.LogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessTest {
    private static final String KEY = "sk_alice-0123456789";

    @TempDir
    Path folder;

    private Keys keys;

    @BeforeEach
    void keys() throws IOException {
        Files.writeString(folder.resolve("alice.key"), KEY + "\n");
        keys = new Keys(folder);
    }

    @ParameterizedTest
    @CsvSource({
        "Bearer sk_alice-0123456789, 203.0.113.7, false, alice",
        "bearer sk_alice-0123456789, 203.0.113.7, false, alice",
        "Bearer sk_alice-012345678, 127.0.0.1, true, ",
        "Basic sk_alice-0123456789, 127.0.0.1, true, ",
        "Bearer, 127.0.0.1, true, ",
        ", 127.0.0.1, true, anonymous",
        ", ::1, true, anonymous",
        ", 127.0.0.1, false, ",
        ", 203.0.113.7, true, ",
        ", localhost, true, ",
        ", '', true, "
    })
    void decidesWhoIsAsking(String authorization, String address, boolean anonymous, String owner) {
        Optional<String> found = access(anonymous).ownerOf(Optional.ofNullable(authorization), address);

        assertThat(found).isEqualTo(Optional.ofNullable(owner));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            delimiter = ';',
            value = {
                "Bearer sk_alice-0123456789; true",
                "bearer  sk_alice-0123456789; true",
                "|BEARER\tsk_alice-0123456789|; true",
                "Bearer sk_alice-0123456789,x; true",
                "Bearer \"sk_alice-0123456789\"; true",
                "Basic sk_alice-0123456789; true",
                "sk_alice-0123456789; true",
                "Bearer gateway; true",
                "Bearer worker; true",
                "Bearer sk_alice-01234567890; false",
                "Basic YWxpY2U6c2VjcmV0; false",
                "; false"
            })
    void knowsWhatIsNotForOthersInAnyForm(String authorization, boolean issued) {
        assertThat(access(false).issued(Optional.ofNullable(authorization))).isEqualTo(issued);
    }

    @Test
    void seesKeysThatComeAndGo() throws IOException {
        Files.writeString(folder.resolve("bob.key"), "sk_bob-0123456789");
        assertThat(keys.owner("sk_bob-0123456789")).contains("bob");

        Files.delete(folder.resolve("bob.key"));
        assertThat(keys.owner("sk_bob-0123456789")).isEmpty();
        assertThat(keys.owner(KEY)).contains("alice");
    }

    @Test
    void makesADefaultKeyThatOnlyItsOwnerCanRead() throws IOException {
        Path fresh = folder.resolve("fresh");

        Keys made = new Keys(fresh);

        Path file = fresh.resolve("default.key");
        assertThat(made.owner(Files.readString(file).strip())).contains("default");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file)).matches("sk_[A-Za-z0-9_-]{43}\n");
    }

    @Test
    void takesNoKeyForAnEmptyFileOrAReservedName() throws IOException {
        Files.writeString(folder.resolve("empty.key"), "");
        Files.writeString(folder.resolve("anonymous.key"), "sk_anonymous-0123456789");

        assertThat(keys.owner("")).isEmpty();
        assertThat(keys.owner("sk_anonymous-0123456789")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "bob, short, too-short",
        "bob, '', empty",
        "bob, sk_bob 0123456789abc, blank",
        "bob, 'sk_bob-0123456789\nsk_bob-9876543210', blank",
        "bob, sk_böb-0123456789, not-sendable",
        "anonymous, sk_anonymous-0123456789, no-owner"
    })
    void saysOnceWhichFileIsNobodysKey(String owner, String text, String reason) throws IOException {
        try (LogLines log = new LogLines(Keys.class.getName())) {
            Path file = Files.writeString(folder.resolve(owner + ".key"), text);
            keys.owner(KEY);
            keys.owner(KEY);
            assertThat(log.lines).containsExactly("key not usable owner=" + owner + " reason=" + reason);

            Files.writeString(file, text);
            Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
            Files.writeString(folder.resolve("else"), "");
            assertThat(keys.owner(KEY)).contains("alice");
            assertThat(log.lines).hasSize(2);
        }
    }

    @Test
    void startsWithoutAKeyWhereTheOnlyOneIsNotUsable() throws IOException {
        Path file =
                Files.writeString(Files.createDirectory(folder.resolve("poor")).resolve("default.key"), "short");

        Keys poor = new Keys(folder.resolve("poor"));

        assertThat(poor.owner("short")).isEmpty();
        assertThat(file).hasContent("short");
    }

    private Access access(boolean anonymous) {
        return new Access(keys, anonymous, new ServiceToken("gateway"), new ServiceToken("worker"));
    }
}
