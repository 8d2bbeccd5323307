package io.kvm4j.processor.model;

/**
 * What a comment of generated code may hold of a text from headers. Snapshots are checked when they are read; this keeps
 * a text that was not from ending the comment that it is in, or starting a Unicode escape.
 */
public final class CommentText {
    private CommentText() {}

    /** The text on one line, in plain characters. */
    public static String of(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean ends = c == '/' && i > 0 && text.charAt(i - 1) == '*';
            safe.append(c < ' ' || c > '~' || c == '\\' || ends ? '?' : c);
        }
        return safe.toString();
    }
}
