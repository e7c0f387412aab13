package dev.sluice.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "attachment; filename=a.txt | a.txt",
                "attachment; filename=\"a b.txt\"; size=1 | a b.txt",
                "attachment; filename=\"a \\\"b\\\".txt\" | a \"b\".txt",
                "attachment; FileName = a.txt;x=1 | a.txt",
                "attachment; filename=\"x\"; filename*=UTF-8''%C3%A9 | é"
            })
    void readsAContentDisposition(String value, String name) throws RefusedException {
        assertThat(FileNames.ofDisposition(value)).contains(name);
    }

    @Test
    void findsNoNameWhereNoneIs() throws RefusedException {
        assertThat(FileNames.ofDisposition("attachment; size=1")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"attachment; filename=\"\"", "attachment; filename=\"a", "attachment; filename=\"a\\"})
    void refusesANameThatDoesNotEnd(String value) {
        assertThatThrownBy(() -> FileNames.ofDisposition(value)).isInstanceOf(RefusedException.class);
    }

    @Test
    void refusesALongNameWithoutGoingDeep() {
        String value = "attachment; filename=\"" + "\\a".repeat(100_000) + '"';

        assertThatThrownBy(() -> FileNames.ofDisposition(value)).isInstanceOf(RefusedException.class);
    }
}
