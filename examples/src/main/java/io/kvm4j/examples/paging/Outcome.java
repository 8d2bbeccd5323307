package io.kvm4j.examples.paging;

/**
 * What was measured.
 *
 * @param setup what was to be measured
 * @param protocol by what a touch of an absent page was learned of, in words
 * @param seconds from letting the vCPUs go to the last one's last page
 * @param latencies how long touches took
 * @param counts what was counted meanwhile
 */
public record Outcome(Setup setup, String protocol, double seconds, Latencies latencies, Counts counts) {
    /** How many pages came in a second. */
    public double pagesPerSecond() {
        return setup.pages() / seconds;
    }
}
