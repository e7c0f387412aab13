package dev.sluice.it;

import dev.sluice.it.stack.Stack;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/** Has a system run while the tests of a class do, and prints the ends of its logs when one of them fails. */
public final class StackExtension
        implements BeforeAllCallback,
                AfterAllCallback,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {
    private final Stack stack;

    public StackExtension(Stack stack) {
        this.stack = stack;
    }

    /** Before all methods of the class; {@link #afterAll} follows whether it comes up or not. */
    @Override
    public void beforeAll(ExtensionContext context) {
        try {
            stack.start();
        } catch (AssertionError | RuntimeException e) {
            print(context);
            throw e;
        }
    }

    /** Behind all methods of the class. */
    @Override
    public void afterAll(ExtensionContext context) {
        stack.close();
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
        throw failure;
    }

    private void print(ExtensionContext context) {
        System.out.println("=== " + context.getDisplayName() + " failed; logs in " + stack.folder() + "; repeat with "
                + Seeds.repeat());
        System.out.println(stack.logTails());
    }
}
