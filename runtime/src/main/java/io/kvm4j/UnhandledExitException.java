package io.kvm4j;

import io.kvm4j.uapi.ExitReason;
import io.kvm4j.uapi.KvmExit;

/** A vCPU came back for a reason that the run loop does not handle. */
public final class UnhandledExitException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient ExitReason reason;

    /**
     * Describes an exit: its reason and fields go into the message, since the exit itself ends with the next run. An internal
     * error of KVM is explained, with the instruction that could not be emulated if KVM tells it.
     *
     * @param exit the exit that {@link Vcpu#run} returned last
     */
    public UnhandledExitException(KvmExit exit) {
        super("unhandled exit " + ExitText.of(exit));
        this.reason = exit.reason();
    }

    /** Why the vCPU came back. */
    public ExitReason reason() {
        return reason;
    }
}
