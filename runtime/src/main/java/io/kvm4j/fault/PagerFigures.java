package io.kvm4j.fault;

import java.util.SequencedMap;

/**
 * What a pager has done so far.
 *
 * @param total all of it
 * @param byThread the same by whoever did it: each reader, each vCPU, the background stream; threads of one name together
 */
public record PagerFigures(Faults total, SequencedMap<String, Faults> byThread) {
    /**
     * What was counted, by one thread or in total, since the pager started.
     *
     * @param faults accesses that found no page, or not as they needed it
     * @param duplicates faults whose page another had in hand, or had put in place already
     * @param retries installs that the kernel put off (EAGAIN), each try counted
     * @param zeroPages pages of zeros that were put where pages had been discarded
     * @param pages pages that were put in place with content, also without a fault
     * @param bytes bytes that came from the source
     * @param latency from the report of a fault to its page being in place
     */
    public record Faults(
            long faults, long duplicates, long retries, long zeroPages, long pages, long bytes, Latency latency) {}

    /**
     * How long something took, in nanoseconds, to within one per cent; 0 where nothing was measured.
     *
     * @param count how many were measured
     * @param mean their mean
     * @param median half took at most this
     * @param p90 90 of 100 took at most this
     * @param p99 99 of 100 took at most this
     * @param p999 999 of 1,000 took at most this
     * @param max the longest
     */
    public record Latency(long count, double mean, long median, long p90, long p99, long p999, long max) {}
}
