package dev.sluice.worker.runtime;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * TERM and INT as the worker wants them: the first asks for an orderly end, the second for one at once. A shutdown hook would not see
 * the second signal. The JDK's only way to receive one is {@code sun.misc.Signal} (module jdk.unsupported), whose use javac reports
 * with a warning that nothing can suppress: hence the reflection.
 */
public final class StopSignals {
    private StopSignals() {}

    /** Runs the one at the first signal, the other at each later one. */
    public static void on(Runnable first, Runnable second) {
        AtomicInteger seen = new AtomicInteger();
        InvocationHandler received = (proxy, method, args) -> {
            if (seen.incrementAndGet() == 1) {
                Thread.ofPlatform().name("drain").start(first);
            } else {
                second.run();
            }
            return null;
        };
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(StopSignals.class.getClassLoader(), new Class<?>[] {handler}, received);
            for (String name : new String[] {"TERM", "INT"}) {
                Object number = signal.getConstructor(String.class).newInstance(name);
                signal.getMethod("handle", signal, handler).invoke(null, number, proxy);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM cannot receive signals", e);
        }
    }
}
