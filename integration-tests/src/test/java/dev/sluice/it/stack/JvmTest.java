package dev.sluice.it.stack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JvmTest {
    @Test
    void theHeapInUseIsTheSumOfBothGenerations() {
        String said = """
                4711:
                 DefNew     total 39296K, used 1024K [0x1, 0x2, 0x3)
                  eden space 34944K,   3% used [0x1, 0x2, 0x3)
                 Tenured    total 87424K, used 2048K [0x1, 0x2, 0x3)
                 Metaspace       used 31000K, committed 31500K, reserved 1114112K
                """;

        assertThat(Jvm.usedBytes(said)).hasValue(3 << 20);
    }

    @Test
    void anotherCollectorsHeapIsNotGuessed() {
        assertThat(Jvm.usedBytes("garbage-first heap   total 256000K, used 4096K"))
                .isEmpty();
    }
}
