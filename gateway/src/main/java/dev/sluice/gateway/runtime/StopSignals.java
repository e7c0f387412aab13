package dev.sluice.gateway.runtime;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * TERM and INT as the gateway wants them. In a shutdown hook the drain would run unseen: java.util.logging takes its handlers away in a
 * hook of its own, at the same time. The JDK's only other way is {@code sun.misc.Signal} (module jdk.unsupported), whose use javac
 * reports with a warning that nothing can suppress: hence the reflection.
 */
public final class StopSignals {
    private StopSignals() {}

    /** Later signals change nothing. */
    public static void onFirst(Runnable stop) {
        AtomicBoolean stopping = new AtomicBoolean();
        InvocationHandler received = (proxy, method, args) -> {
            if (stopping.compareAndSet(false, true)) {
                Thread.ofPlatform().name("drain").start(stop);
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
