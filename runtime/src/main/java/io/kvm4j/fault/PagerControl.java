package io.kvm4j.fault;

/** What those who provide pages tell the pager, and ask of it. */
interface PagerControl {
    /**
     * Refuses to go on once nothing is to be waited for.
     *
     * @throws PagingException if the pager has failed or is closed
     */
    void requireRunning();

    /** A source failed or stalled, under a certain lease; a second report for the same lease changes nothing. */
    void sourceLost(CurrentSource.Lease lease, PageSourceException cause);

    /** Nothing can be provided any more. */
    void fail(Throwable cause);
}
