package io.kvm4j.fault;

import io.kvm4j.Vm;

/** What a pager asks of the guest whose memory it provides. The pager calls it by threads of its own. */
public interface Guest {
    /**
     * Has the guest stand, since no page can come for now. Does not wait for that: a vCPU may be waiting for a page, and
     * stands as well as if it were paused.
     */
    void pause();

    /**
     * Waits until the whole guest stands after {@link #pause}, or was resumed. That takes as long as a vCPU waits for its
     * page.
     *
     * @throws InterruptedException if the caller is interrupted; the guest pauses all the same
     */
    void awaitPause() throws InterruptedException;

    /** Lets it go on after {@link #pause}. */
    void resume();

    /**
     * Sees to it that the guest never runs again, because its memory cannot be trusted. Does not wait for that: a vCPU
     * may be waiting for a page that will never come. A signal does not always reach it there, see {@link #isStopping}.
     */
    void stop();

    /**
     * Whether all of the guest was told to stop, by whomever, and some of it does not stand yet. A vCPU that waits for a
     * page in the kernel may not see the signal that stops it: before Linux 6.2, and in an access that KVM emulates, never.
     * If no page can come, because the pager has failed or lost its source, it then lets go of what the vCPU waits for, and
     * the signal is seen before the guest is.
     */
    default boolean isStopping() {
        return false;
    }

    /**
     * A guest whose vCPUs run in threads of their own, see {@link Vm#pauseVcpus}. A loop of such a thread that waits in
     * {@link DemandPager#handle} ends its wait when the pager is closed.
     */
    static Guest of(Vm vm) {
        return new VmGuest(vm);
    }
}
