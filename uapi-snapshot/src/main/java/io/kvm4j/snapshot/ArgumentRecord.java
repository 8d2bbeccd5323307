package io.kvm4j.snapshot;

import java.util.Optional;

/** Finds the struct or union that an ioctl's macro names as its argument. */
public final class ArgumentRecord {
    private ArgumentRecord() {}

    /** The record's C name without its keyword, if the argument is one. */
    public static Optional<String> of(Ioctl ioctl) {
        String[] words = ioctl.argument().split(" ", -1);
        return words.length == 2 && (words[0].equals("struct") || words[0].equals("union"))
                ? Optional.of(words[1])
                : Optional.empty();
    }
}
