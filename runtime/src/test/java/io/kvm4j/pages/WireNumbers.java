package io.kvm4j.pages;

/** The numbers of {@link PageWire}, for tests of other packages. */
public final class WireNumbers {
    public static final int REQUEST_BYTES = PageWire.REQUEST_BYTES;
    public static final int PART_BYTES = PageWire.PART_BYTES;
    public static final int PART = PageWire.PART;
    public static final int REQUESTS = PageWire.REQUESTS;
    public static final int AHEAD = PageWire.AHEAD;
    public static final int URGENT = PageWire.URGENT;

    private WireNumbers() {}
}
