package io.kvm4j.examples.paging;

import java.util.Arrays;

/** How pages come. */
public enum Mode {
    /** The vCPU that touches an absent page leaves the guest, and its own thread provides the page. */
    EXIT("exit"),

    /** The vCPU sleeps in the kernel until a reader of the userfaultfd has provided the page. */
    UFFD("uffd"),

    /** All pages are there before the guest starts: what the touching itself costs. */
    NONE("none");

    private final String word;

    Mode(String word) {
        this.word = word;
    }

    /**
     * The mode of a word.
     *
     * @throws IllegalArgumentException if it stands for none
     */
    public static Mode of(String word) {
        return Arrays.stream(values())
                .filter(mode -> mode.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'%s' is no mode: exit, uffd or none".formatted(word)));
    }

    /** As the command line and the figures have it. */
    @Override
    public String toString() {
        return word;
    }
}
