package dev.sluice.gateway;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The lines that one class logs while this is open, each with what its exception says. */
public final class LogLines implements AutoCloseable {
    public final List<String> lines = new CopyOnWriteArrayList<>();

    private final Logger logger;
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            Throwable thrown = line.getThrown();
            lines.add(thrown == null ? line.getMessage() : line.getMessage() + ": " + thrown.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    public LogLines(Class<?> logging) {
        logger = Logger.getLogger(logging.getName());
        logger.addHandler(handler);
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
    }
}
