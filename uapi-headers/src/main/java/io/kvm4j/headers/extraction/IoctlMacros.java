package io.kvm4j.headers.extraction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ioctl request macros that headers define, and the capabilities that their comments name. Both stand in the text
 * alone: to the compiler a request is a number.
 */
final class IoctlMacros {
    private static final Pattern DEFINE =
            Pattern.compile("(?m)^[ \\t]*#[ \\t]*define[ \\t]+(\\w+)(\\([^\\n)]*\\))?[ \\t]*(.*)$");
    private static final Pattern FIRST_WORD = Pattern.compile("[\\s(]*([A-Za-z_]\\w*)\\s*(\\(?).*", Pattern.DOTALL);
    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\\n]*", Pattern.DOTALL);
    private static final String REST_OF_COMMENT = "(?:(?!\\*/).)*";
    private static final String REST_OF_DEFINE = "(?:[^\\x0a\\\\]|\\\\.)*";
    private static final Pattern NOTE = Pattern.compile(
            "/\\*(" + REST_OF_COMMENT + "[Aa]vailable with" + REST_OF_COMMENT + ")\\*/"
                    + "\\s*#\\s*define\\s+(\\w+)" + REST_OF_DEFINE
                    + "(?:\\x0a[ \\t]*#[ \\t]*define[ \\t]+(\\w+))?",
            Pattern.DOTALL);
    private static final Pattern CAPABILITY = Pattern.compile("[A-Z0-9]+_CAP_[A-Z0-9_]+");

    private final Map<String, String> functionLike = new HashMap<>();
    private final Map<String, String> objectLike = new LinkedHashMap<>();
    private final Map<String, List<String>> capabilities = new HashMap<>();

    /**
     * Reads headers.
     *
     * @param selected the texts of the headers whose requests are asked for
     * @param all the texts of all headers, which may define helpers
     */
    IoctlMacros(List<String> selected, List<String> all) {
        for (String text : all) {
            forEachDefine(text, (name, isFunction, body) -> {
                if (isFunction) {
                    functionLike.put(name, body);
                }
            });
        }
        for (String text : selected) {
            forEachDefine(text, (name, isFunction, body) -> {
                if (!isFunction) {
                    objectLike.put(name, body);
                }
            });
            readNotes(text);
        }
    }

    private static void forEachDefine(String text, Define define) {
        String joined = COMMENT.matcher(text).replaceAll(" ").replace("\\\n", " ");
        Matcher matcher = DEFINE.matcher(joined);
        while (matcher.find()) {
            define.accept(matcher.group(1), matcher.group(2) != null, matcher.group(3));
        }
    }

    @FunctionalInterface
    private interface Define {
        void accept(String name, boolean isFunction, String body);
    }

    /** The request macros, in the order of their names, whether they have a value or not. */
    List<String> names() {
        return objectLike.keySet().stream().filter(this::isRequest).sorted().toList();
    }

    private boolean isRequest(String name) {
        Set<String> seen = new HashSet<>();
        Optional<String> body = Optional.ofNullable(objectLike.get(name));
        while (body.isPresent()) {
            Matcher first = FIRST_WORD.matcher(body.get());
            if (!first.matches() || !seen.add(first.group(1))) {
                return false;
            }
            String word = first.group(1);
            boolean isCall = first.group(2).equals("(");
            if (isCall && word.matches("_IO[CRW]*(_BAD)?")) {
                return true;
            }
            boolean isWhole = body.get().strip().matches("\\(*\\s*" + word + "\\s*\\)*");
            body = isCall
                    ? Optional.ofNullable(functionLike.get(word))
                    : isWhole ? Optional.ofNullable(objectLike.get(word)) : Optional.empty();
        }
        return false;
    }

    /** A note holds for the define that follows, and for the next one if it is the same name with GET and SET swapped. */
    private void readNotes(String text) {
        Matcher note = NOTE.matcher(text);
        int position = 0;
        while (note.find(position)) {
            List<String> names = CAPABILITY
                    .matcher(note.group(1))
                    .results()
                    .map(r -> r.group())
                    .distinct()
                    .toList();
            add(note.group(2), names);
            String next = note.group(3);
            if (next != null && (isTwin(note.group(2), next) || isTwin(next, note.group(2)))) {
                add(next, names);
            }
            position = note.end(2);
        }
    }

    private void add(String macro, List<String> names) {
        List<String> known = new ArrayList<>(capabilities.getOrDefault(macro, List.of()));
        names.stream().filter(name -> !known.contains(name)).forEach(known::add);
        capabilities.put(macro, known);
    }

    private static boolean isTwin(String getter, String setter) {
        return Arrays.asList(getter.split("_")).contains("GET")
                && getter.replaceFirst("_GET_", "_SET_").equals(setter);
    }

    /** The capabilities that the comment before a request macro names, in the comment's order. */
    List<String> capabilities(String macro) {
        return capabilities.getOrDefault(macro, List.of());
    }
}
