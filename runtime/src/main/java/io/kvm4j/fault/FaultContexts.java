package io.kvm4j.fault;

import io.kvm4j.userfaultfd.UffdCalls;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The contexts of all threads that provide a pager's pages. Any thread may call. */
final class FaultContexts {
    private final List<FaultContext> contexts = new CopyOnWriteArrayList<>();
    private final int fd;
    private final DiscardGate gate;
    private final int largestPage;
    private final boolean moves;

    /**
     * Begins without any.
     *
     * @param fd the userfaultfd
     * @param largestPage the bytes of the largest page that is known
     * @param moves whether pages are moved into place
     */
    FaultContexts(int fd, DiscardGate gate, int largestPage, boolean moves) {
        this.fd = fd;
        this.gate = gate;
        this.largestPage = largestPage;
        this.moves = moves;
    }

    /** Makes one for the calling thread. */
    FaultContext ofCaller() {
        return add(Thread.currentThread().getName(), FaultContext.Role.CALLER, largestPage, () -> {});
    }

    /**
     * Makes one for a thread that reads the userfaultfd.
     *
     * @param drain reads the messages that are there
     */
    FaultContext ofReader(String name, Runnable drain) {
        return add(name, FaultContext.Role.READER, largestPage, drain);
    }

    /** Makes one for the thread that fetches about a number of bytes at once. */
    FaultContext ofBackground(int chunk) {
        int wholePages = Math.max(chunk, largestPage) & -largestPage;
        return add("background", FaultContext.Role.BACKGROUND, wholePages, () -> {});
    }

    private FaultContext add(String name, FaultContext.Role role, int capacity, Runnable drain) {
        FaultContext context = new FaultContext(name, role, new UffdCalls(fd), gate.newPass(), capacity, moves, drain);
        contexts.add(context);
        return context;
    }

    /** All contexts, also of threads that have ended. */
    Iterable<FaultContext> all() {
        return contexts;
    }

    /** Whether somebody waits for a page: the background stream lets it go ahead. */
    boolean hasUrgentWork() {
        for (FaultContext context : contexts) {
            if (context.isBusy()) {
                return true;
            }
        }
        return false;
    }

    /** A page can be seen a moment before its install returns and is counted. */
    PagerFigures figures() {
        gate.awaitInstalls();
        SequencedMap<String, ThreadCounters> counters = new LinkedHashMap<>();
        ThreadCounters total = new ThreadCounters();
        for (FaultContext context : contexts) {
            counters.computeIfAbsent(context.name, _ -> new ThreadCounters()).add(context.counters);
            total.add(context.counters);
        }
        SequencedMap<String, PagerFigures.Faults> byThread = new LinkedHashMap<>();
        counters.forEach((name, counter) -> byThread.put(name, counter.figures()));
        return new PagerFigures(total.figures(), byThread);
    }
}
