package io.kvm4j.state;

/** What time it is for a guest that {@link VmSnapshot} restores. */
public enum GuestClock {
    /** Its clocks go on from where they were: it does not see that time has passed. */
    CONTINUE,

    /**
     * Its clocks are advanced by the time that has passed since it was saved ({@code KVM_CLOCK_REALTIME}), which needs the
     * CLOCK_REALTIME of both hosts to agree. Clocks never go back.
     */
    CATCH_UP
}
