package io.kvm4j.examples.paging;

import java.time.Duration;

/**
 * What to measure.
 *
 * @param mode how pages come
 * @param vcpus how many vCPUs touch pages
 * @param pagesEach how many pages each of them touches
 * @param readers how many threads read the userfaultfd
 * @param source where content comes from
 * @param delay for {@link Source#DELAY}, how long each page takes
 */
public record Setup(Mode mode, int vcpus, int pagesEach, int readers, Source source, Duration delay) {
    /** How many pages there are. */
    public int pages() {
        return vcpus * pagesEach;
    }
}
