package dev.sluice.it;

import dev.sluice.it.stack.Stack;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/** Prints the ends of a system's logs when a test on it fails. */
public final class LogsOnFailure implements TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {
    private final Stack stack;

    public LogsOnFailure(Stack stack) {
        this.stack = stack;
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        if (!(failure instanceof TestAbortedException)) {
            print(context);
        }
        throw failure;
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        print(context);
        stack.close();
        throw failure;
    }

    private void print(ExtensionContext context) {
        System.out.println("=== " + context.getDisplayName() + " failed; logs in " + stack.folder() + "; repeat with "
                + Seeds.repeat());
        System.out.println(stack.logTails());
    }
}
