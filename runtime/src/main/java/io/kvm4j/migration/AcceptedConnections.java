package io.kvm4j.migration;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kvm4j.posix.Cleanup;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * The connections that a {@link MigrationSource} has accepted, and the threads that use them. This is the one owner of
 * both: a connection is closed when its last user has returned, and {@link #close} closes all of them and returns when
 * every user has, so that nothing that was accepted acts afterwards. Any thread may call.
 */
final class AcceptedConnections implements AutoCloseable {
    @GuardedBy("this")
    private final List<Use> uses = new ArrayList<>();

    @GuardedBy("this")
    private boolean closed;

    /** A thread that uses a connection, known until it has ended. */
    private static final class Use {
        final Closeable connection;
        final CountDownLatch over = new CountDownLatch(1);
        final Thread thread;

        Use(Closeable connection, Thread.Builder builder, Runnable task) {
            this.connection = connection;
            this.thread = builder.unstarted(task);
        }

        boolean isOver() {
            return over.getCount() == 0 && !thread.isAlive();
        }

        /** Waits, whether interrupted or not. */
        void await() {
            boolean interrupted = false;
            while (!isOver()) {
                try {
                    over.await();
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Starts a thread that uses a connection.
     *
     * @return false if nothing is accepted any more; then the task does not run
     */
    synchronized boolean start(String name, Closeable connection, Runnable task) {
        List<Use> started = new ArrayList<>(1);
        Thread.Builder builder = Thread.ofPlatform().name(name).daemon();
        Use use = new Use(
                connection,
                builder,
                () -> new Cleanup()
                        .run(task::run)
                        .run(() -> end(started.getFirst()))
                        .finish());
        started.add(use);
        if (!add(use)) {
            return false;
        }
        try {
            use.thread.start();
        } catch (Throwable e) {
            uses.remove(use);
            throw e;
        }
        return true;
    }

    private synchronized boolean add(Use use) {
        uses.removeIf(Use::isOver);
        return !closed && uses.add(use);
    }

    @SuppressWarnings("ReferenceEquality") // the connection itself, not one like it
    private void end(Use use) throws IOException {
        boolean last;
        synchronized (this) {
            use.over.countDown();
            last = uses.stream().noneMatch(other -> other.connection == use.connection && other.over.getCount() > 0);
        }
        if (last) {
            use.connection.close();
        }
    }

    /**
     * Closes a connection, and returns when its users have returned.
     *
     * @throws IOException if it cannot be closed
     */
    @SuppressWarnings("ReferenceEquality") // the connection itself, not one like it
    void end(Closeable connection) throws IOException {
        List<Use> ending;
        synchronized (this) {
            ending = uses.stream().filter(use -> use.connection == connection).toList();
        }
        endAll(ending);
    }

    /**
     * Accepts nothing any more, closes all connections but those that the calling thread uses, and returns when their
     * users have returned.
     *
     * @throws IOException if one cannot be closed; the others are
     */
    void endOthers() throws IOException {
        List<Use> ending;
        synchronized (this) {
            closed = true;
            List<Closeable> own = uses.stream()
                    .filter(AcceptedConnections::isOwn)
                    .map(use -> use.connection)
                    .toList();
            ending = uses.stream().filter(use -> !own.contains(use.connection)).toList();
        }
        endAll(ending);
    }

    /**
     * Accepts nothing any more, closes all connections, and returns when their users have returned. A user that calls this
     * waits for no other, since the other may be waiting for it.
     *
     * @throws IOException if one cannot be closed; the others are
     */
    @Override
    public void close() throws IOException {
        List<Use> ending;
        synchronized (this) {
            closed = true;
            ending = List.copyOf(uses);
        }
        if (ending.stream().anyMatch(AcceptedConnections::isOwn)) {
            closeAll(ending).finish();
        } else {
            endAll(ending);
        }
    }

    private static boolean isOwn(Use use) {
        return use.thread == Thread.currentThread() && !use.isOver();
    }

    private static void endAll(List<Use> ending) throws IOException {
        Cleanup cleanup = closeAll(ending);
        for (Use use : ending) {
            cleanup.run(use::await);
        }
        cleanup.finish();
    }

    private static Cleanup closeAll(List<Use> ending) throws IOException {
        return new Cleanup().closeAll(ending.stream().map(use -> use.connection).toList());
    }
}
