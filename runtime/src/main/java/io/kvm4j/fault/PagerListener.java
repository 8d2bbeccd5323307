package io.kvm4j.fault;

/**
 * Is told what becomes of a pager, one call at a time, by a thread of the pager's that it must not hold up. What it throws is
 * reported, see {@link DemandPager}.
 */
public interface PagerListener {
    /** The source failed or stalled; the guest is paused until {@link DemandPager#resume}. */
    default void sourceLost(PageSourceException cause) {}

    /** Nothing can be provided any more, and the guest was stopped. */
    default void failed(Throwable cause) {}

    /** All content is in place: the source is no longer needed. */
    default void complete() {}
}
