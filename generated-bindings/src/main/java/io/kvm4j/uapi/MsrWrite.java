package io.kvm4j.uapi;

/** What an exit for WRMSR offers beyond its fields: the two answers to it, one of which is due before the next run. */
public interface MsrWrite {
    /** Sets whether the instruction fails: not 0 for a general protection fault (#GP). */
    MsrWrite error(int value);

    /** Lets the instruction succeed. */
    default void accept() {
        error(0);
    }

    /** Lets the instruction fail with a general protection fault (#GP). */
    default void refuse() {
        error(1);
    }
}
