package io.kvm4j;

/**
 * The running of a guest, as those control it who provide its memory or move it to another host. They call it by threads of
 * their own. {@link Vm#threads} is the guest of a VM whose vCPUs run in threads of their own.
 */
public interface Guest {
    /**
     * Asks the guest to pause; does not wait. A vCPU may be waiting for a page that cannot arrive for now, and executes
     * nothing meanwhile.
     */
    void pause();

    /**
     * Waits until the whole guest has paused after {@link #pause}, or was resumed. That takes as long as a vCPU waits for its
     * page.
     *
     * @throws InterruptedException if the caller is interrupted; the guest pauses all the same
     */
    void awaitPause() throws InterruptedException;

    /** Runs the guest on after {@link #pause}. */
    void resume();

    /**
     * Ensures that the guest never runs again, because its memory cannot be trusted. Does not wait: a vCPU may be waiting for
     * a page that will never arrive. A signal does not always reach it there, see {@link #isStopping}.
     */
    void stop();

    /**
     * Returns whether all of the guest was asked to stop, by anyone, and some of it still runs. A vCPU that waits for a page
     * in the kernel may not see the signal that stops it: before Linux 6.2, and in an access that KVM emulates, never. A pager
     * that has failed or lost its source then wakes the vCPU, and the signal is seen before the guest runs.
     */
    default boolean isStopping() {
        return false;
    }
}
