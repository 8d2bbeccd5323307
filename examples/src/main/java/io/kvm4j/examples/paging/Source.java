package io.kvm4j.examples.paging;

/** Where content comes from. */
public enum Source {
    /** From this process's memory. */
    MEMORY("memory"),

    /** From a file, by a read for each page. */
    FILE("file"),

    /** From memory after a pause, as if another host had sent it. */
    DELAY("delay");

    private final String word;

    Source(String word) {
        this.word = word;
    }

    /** As the command line and the figures have it. */
    @Override
    public String toString() {
        return word;
    }
}
