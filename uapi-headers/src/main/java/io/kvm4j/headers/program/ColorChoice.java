package io.kvm4j.headers.program;

import picocli.CommandLine.Help.Ansi;

/** When to colour what is printed. */
enum ColorChoice {
    /** On a terminal that can show colours. */
    AUTO("auto"),
    /** Always, into files and pipes too. */
    ALWAYS("always"),
    /** Never. */
    NEVER("never");

    private final String word;

    ColorChoice(String word) {
        this.word = word;
    }

    /** What it means to picocli. */
    Ansi ansi() {
        return switch (this) {
            case AUTO -> Terminal.isDumb() ? Ansi.OFF : Ansi.AUTO;
            case ALWAYS -> Ansi.ON;
            case NEVER -> Ansi.OFF;
        };
    }

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return word;
    }
}
