package io.kvm4j.channel;

/** Text from outside, made fit for one line of a terminal. */
final class OneLine {
    private static final int LONGEST = 300;

    private OneLine() {}

    /** Replaces everything but printable characters, and cuts what is too long. */
    static String of(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints().limit(LONGEST).map(c -> isPrintable(c) ? c : ' ').forEach(line::appendCodePoint);
        return line.toString().strip();
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
