package io.kvm4j.fault;

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
public record FaultFigures(
        long faults, long duplicates, long retries, long zeroPages, long pages, long bytes, LatencyFigures latency) {}
