package io.kvm4j.fault;

/** What a pager is up to. */
public enum PagerState {
    /** It provides pages. */
    RUNNING,

    /** It lost its source and waits for another; the guest is paused. */
    PAUSED,

    /** All content is in place. Pages that the guest discards still come back as zeros. */
    COMPLETE,

    /** It gave up, and stopped the guest. */
    FAILED,

    /** It was closed. */
    CLOSED
}
