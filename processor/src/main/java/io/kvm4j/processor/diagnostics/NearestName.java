package io.kvm4j.processor.diagnostics;

import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Stream;

/** Finds what somebody who mistyped a name may have meant. */
public final class NearestName {
    private NearestName() {}

    /**
     * The end of a message about an unknown name: a question after the nearest one, or nothing if none is near.
     *
     * @param name the unknown name
     * @param known the names there are
     */
    public static String hint(String name, Collection<String> known) {
        return hint(name, known.stream());
    }

    /** Does what {@link #hint(String, Collection)} does. */
    public static String hint(String name, Stream<String> known) {
        int tolerated = Math.max(2, name.length() / 4);
        return known.filter(k -> Math.abs(k.length() - name.length()) <= tolerated)
                .map(k -> new Candidate(k, distance(name, k)))
                .filter(c -> c.distance <= tolerated)
                .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .map(c -> "; did you mean " + c.name + "?")
                .orElse("");
    }

    /** The Levenshtein distance, row by row. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    private record Candidate(String name, int distance) {}
}
