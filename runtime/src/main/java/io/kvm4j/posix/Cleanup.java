package io.kvm4j.posix;

import org.jspecify.annotations.Nullable;

/**
 * Releases several things, whatever fails: every step runs, and then the first failure is thrown, with the later ones
 * suppressed in it. For one thread.
 *
 * <pre>{@code
 * new Cleanup().run(guest::stop).run(source::abort).run(descriptor::close).finish();
 *
 * } catch (Throwable e) {
 *     throw Cleanup.after(e).run(descriptor::close).rethrow();
 * }
 * }</pre>
 *
 * <p>A failure is any Throwable, since an Error leaks a descriptor as an exception does.
 */
public final class Cleanup {
    private @Nullable Throwable first;

    /** A step of a cleanup. */
    @FunctionalInterface
    public interface Step {
        /** Releases something. */
        void run() throws Throwable;
    }

    /** Starts a cleanup that follows a failure, in which those of its steps are suppressed. */
    public static Cleanup after(Throwable failure) {
        Cleanup cleanup = new Cleanup();
        cleanup.first = failure;
        return cleanup;
    }

    /** Runs a step, and keeps what it throws. */
    public Cleanup run(Step step) {
        try {
            step.run();
        } catch (Throwable later) {
            add(later);
        }
        return this;
    }

    /** An exception cannot suppress itself. */
    @SuppressWarnings("ReferenceEquality")
    private void add(Throwable later) {
        if (first == null) {
            first = later;
        } else if (first != later) {
            first.addSuppressed(later);
        }
    }

    /** Closes each, in the order given. */
    public Cleanup closeAll(Iterable<? extends AutoCloseable> resources) {
        for (AutoCloseable resource : resources) {
            run(resource::close);
        }
        return this;
    }

    /** The first failure, or null if every step has succeeded so far. */
    public @Nullable Throwable failure() {
        return first;
    }

    /** Throws the first failure, of whatever type it is, if there is one. */
    public void finish() {
        if (first != null) {
            throw Cleanup.<RuntimeException>asDeclared(first);
        }
    }

    /** Throws the first failure, of whatever type it is; for a catch block, which {@code throw}s the result. */
    public RuntimeException rethrow() {
        if (first == null) {
            throw new IllegalStateException("nothing has failed");
        }
        throw Cleanup.<RuntimeException>asDeclared(first);
    }

    /** Throws a failure of any type: callers declare the checked exceptions of their own steps. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X asDeclared(Throwable failure) throws X {
        throw (X) failure;
    }
}
