package io.kvm4j.pages;

/**
 * What {@link SocketPageSource} and {@link PageServer} say to each other, big-endian. No number from the other end is
 * trusted: each is checked before anything is done with it, and none decides how much memory is taken.
 *
 * <pre>
 * request   id (8)  offset (8)  length (4)  urgency (4)
 * part      id (8)  length (4)  that many bytes of content
 * </pre>
 *
 * <p>A request is answered by parts of at most {@value #PART} bytes, in order, until it has all bytes that it asked for,
 * or by one of length {@value #END}, after which there is no more: the content ends there. The parts of several requests
 * may alternate, and those of urgent ones go first, so that a page which somebody waits for is behind one part of the
 * others at most. No more than {@value #REQUESTS} requests are under way at a time.
 */
final class PageWire {
    static final int REQUEST_BYTES = 24;
    static final int PART_BYTES = 12;

    static final int PART = 1 << 14;
    static final int END = -1;
    static final int REQUESTS = 64;
    static final int LONGEST_REQUEST = 1 << 30;

    /** The urgency of what nobody waits for. */
    static final int AHEAD = 0;

    /** The urgency of what somebody waits for. */
    static final int URGENT = 1;

    private PageWire() {}
}
