package io.kvm4j.migration;

/** Who owns a guest that may have been handed over. */
public enum GuestOwner {
    /** The source: the guest was not handed over, and runs on there. */
    SOURCE,

    /** The destination: the guest was handed over, and never runs at the source again. */
    DESTINATION
}
