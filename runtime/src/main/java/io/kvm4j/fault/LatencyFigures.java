package io.kvm4j.fault;

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
public record LatencyFigures(long count, double mean, long median, long p90, long p99, long p999, long max) {}
