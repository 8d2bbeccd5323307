package io.kvm4j;

/**
 * Text of others, fit to be shown: names, reasons and contents that a peer, a guest or a file provides, on their way to a
 * message, a log or a terminal. A terminal obeys control characters, and bidirectional ones and those without a width let a
 * message look like another.
 */
public final class PrintableText {
    private static final char REPLACEMENT = '?';

    private PrintableText() {}

    /**
     * Returns a text in which everything but printable characters is replaced, each code point by a question mark: controls
     * (C0, DEL, C1) and line ends, format characters (bidirectional ones, those of zero width, tags), separators of lines
     * and paragraphs, every space but U+0020, characters that are shown as nothing, private and unassigned ones, halves of
     * surrogate pairs, and marks that follow no letter.
     */
    public static String of(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        boolean letter = false;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            boolean mark = isMark(c);
            boolean shown = mark ? letter && !isInvisible(c) : isPrintable(c);
            printable.appendCodePoint(shown ? c : REPLACEMENT);
            letter = shown && (mark || Character.isLetter(c));
        }
        return printable.toString();
    }

    private static boolean isMark(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
            default -> false;
        };
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> !isInvisible(c);
        };
    }

    /** Letters, marks and symbols that Unicode's Default_Ignorable_Code_Point has, or that are shown as a blank. */
    private static boolean isInvisible(int c) {
        return c == 0x34f
                || c == 0x115f
                || c == 0x1160
                || c == 0x17b4
                || c == 0x17b5
                || (c >= 0x180b && c <= 0x180f)
                || c == 0x2800
                || c == 0x3164
                || (c >= 0xfe00 && c <= 0xfe0f)
                || c == 0xffa0
                || (c >= 0xe0000 && c <= 0xe0fff);
    }
}
