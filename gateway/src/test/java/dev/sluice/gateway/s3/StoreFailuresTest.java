package dev.sluice.gateway.s3;

import java.io.IOException;

/** Failures of a store that is reached over plain connections. */
class StoreFailuresTest extends StoreFailuresContract {
    StoreFailuresTest() throws IOException {
        super(new ScriptedStore(), Addresses::plain);
    }
}
