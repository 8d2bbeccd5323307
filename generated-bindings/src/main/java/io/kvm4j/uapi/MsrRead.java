package io.kvm4j.uapi;

/** What an exit for RDMSR offers beyond its fields: the two answers to it, one of which is due before the next run. */
public interface MsrRead {
    /** Sets what the guest reads. */
    MsrRead data(long value);

    /** Sets whether the instruction fails: not 0 for a general protection fault (#GP). */
    MsrRead error(int value);

    /** Lets the instruction succeed with a value. */
    default void answer(long value) {
        data(value).error(0);
    }

    /** Lets the instruction fail with a general protection fault (#GP). */
    default void refuse() {
        error(1);
    }
}
