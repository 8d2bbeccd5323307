package io.kvm4j.channel;

import io.kvm4j.PrintableText;

/** Text from outside, made fit for one line of a terminal. */
final class OneLine {
    private static final int LONGEST = 300;

    private OneLine() {}

    /** Replaces everything but printable characters, and cuts what is too long. */
    static String of(String text) {
        return PrintableText.of(text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...");
    }
}
