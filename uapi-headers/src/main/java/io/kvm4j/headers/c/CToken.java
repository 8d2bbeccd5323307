package io.kvm4j.headers.c;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A token of C.
 *
 * @param kind what it is
 * @param text its text; empty at the end
 * @param start where it starts in the source, in characters
 */
record CToken(Kind kind, String text, int start) {

    enum Kind {
        WORD,
        NUMBER,
        STRING,
        PUNCTUATION,
        END
    }

    private static final Pattern TOKEN = Pattern.compile(
            "\\s+|/\\*.*?\\*/|//[^\\n]*"
                    + "|(?<word>[A-Za-z_][A-Za-z_0-9]*)"
                    + "|(?<number>\\.?[0-9](?:[eEpP][+-]|[A-Za-z_0-9.])*)"
                    + "|(?<string>\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])*')"
                    + "|(?<punctuation>\\.\\.\\.|<<|>>|[-+*/%&|^~!<>=?:;,.()\\[\\]{}#\\\\])",
            Pattern.DOTALL);

    /**
     * Splits C source into tokens, comments left out; the last one is an {@link Kind#END}.
     *
     * @throws CSyntaxException if a character starts no token
     */
    static List<CToken> split(String source) {
        List<CToken> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(source);
        int position = 0;
        while (position < source.length()) {
            if (!matcher.find(position) || matcher.start() != position) {
                throw new CSyntaxException("a token", "'" + source.charAt(position) + "'", source);
            }
            add(tokens, Kind.WORD, matcher, "word");
            add(tokens, Kind.NUMBER, matcher, "number");
            add(tokens, Kind.STRING, matcher, "string");
            add(tokens, Kind.PUNCTUATION, matcher, "punctuation");
            position = matcher.end();
        }
        tokens.add(new CToken(Kind.END, "", position));
        return tokens;
    }

    private static void add(List<CToken> tokens, Kind kind, Matcher matcher, String group) {
        if (matcher.group(group) != null) {
            tokens.add(new CToken(kind, matcher.group(group), matcher.start()));
        }
    }

    boolean is(String text) {
        return kind != Kind.STRING && this.text.equals(text);
    }

    int end() {
        return start + text.length();
    }

    @Override
    public String toString() {
        return kind == Kind.END ? "the end" : "'" + text + "'";
    }
}
