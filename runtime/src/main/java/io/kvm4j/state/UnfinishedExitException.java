package io.kvm4j.state;

import io.kvm4j.uapi.KvmExit;

/**
 * A vCPU cannot be saved, since the guest is in the middle of an access that takes several exits: the next one is to be
 * handled, and then the vCPU can be saved.
 */
public final class UnfinishedExitException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // a view of the vCPU's memory, which no other process has
    private final transient KvmExit exit;

    UnfinishedExitException(KvmExit exit) {
        super("the guest is in the middle of an access; handle this exit, and save the vCPU again: " + exit);
        this.exit = exit;
    }

    /** What is to be handled: the vCPU's view, which may be read until its next run. */
    public KvmExit exit() {
        return exit;
    }
}
