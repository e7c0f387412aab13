package dev.sluice.it;

import dev.sluice.it.stack.Stack;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Says at the end of each test process what the suite ran on and how to repeat it; each line begins the same way for {@code ./test} to find. */
public final class SuiteReport implements LauncherSessionListener {
    private static final Set<String> LINES = new ConcurrentSkipListSet<>();

    /** Adds a line that only the test itself knows. */
    public static void say(String line) {
        LINES.add(line);
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        say("store: " + Stack.storeName());
        say("seeds: " + Seeds.count() + ", repeat with " + Seeds.repeat());
        LINES.forEach(line -> System.out.println("system suite: " + line));
    }
}
