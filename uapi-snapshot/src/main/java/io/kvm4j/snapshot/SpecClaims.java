package io.kvm4j.snapshot;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What specs say about the headers, by the names of macros. The bindings carry it beside their snapshots, so that a
 * difference of two header sets can tell what an author still has to write. As text it is a line for each macro.
 *
 * @param ioctls the ioctls that have a method, or are excused from one
 * @param prefixes the starts of the names of macros that form an enum or are plain numbers
 * @param constants the other macros that specs name
 */
public record SpecClaims(SortedSet<String> ioctls, SortedSet<String> prefixes, SortedSet<String> constants) {
    /** Where the bindings carry it. */
    public static final String RESOURCE = "META-INF/kvm4j/spec-claims.list";

    private static final String IOCTL = "ioctl ";
    private static final String PREFIX = "prefix ";
    private static final String CONSTANT = "constant ";

    /** Keeps copies, without empty names. */
    public SpecClaims {
        ioctls = copy(ioctls);
        prefixes = copy(prefixes);
        constants = copy(constants);
    }

    /** Returns claims on names in any order. */
    public static SpecClaims of(Collection<String> ioctls, Collection<String> prefixes, Collection<String> constants) {
        return new SpecClaims(new TreeSet<>(ioctls), new TreeSet<>(prefixes), new TreeSet<>(constants));
    }

    /** Returns the claims of no specs. */
    public static SpecClaims none() {
        return of(List.of(), List.of(), List.of());
    }

    /**
     * Reads claims from their text.
     *
     * @param source what error messages call the text
     * @throws SnapshotFormatException if a line claims nothing
     */
    public static SpecClaims read(String text, String source) throws SnapshotFormatException {
        List<String> lines = text.lines().toList();
        TreeSet<String> ioctls = new TreeSet<>();
        TreeSet<String> prefixes = new TreeSet<>();
        TreeSet<String> constants = new TreeSet<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String name = line.substring(line.indexOf(' ') + 1);
            switch (line.substring(0, line.length() - name.length())) {
                case IOCTL -> ioctls.add(name);
                case PREFIX -> prefixes.add(name);
                case CONSTANT -> constants.add(name);
                default ->
                    throw new SnapshotFormatException(
                            source, i + 1, "expected a line that starts with ioctl, prefix or constant");
            }
        }
        return new SpecClaims(ioctls, prefixes, constants);
    }

    /** Returns the claims as text. */
    public String toText() {
        return Stream.of(lines(IOCTL, ioctls), lines(PREFIX, prefixes), lines(CONSTANT, constants))
                .flatMap(lines -> lines)
                .collect(Collectors.joining());
    }

    /** Whether no spec claims anything. */
    public boolean isEmpty() {
        return ioctls.isEmpty() && prefixes.isEmpty() && constants.isEmpty();
    }

    /** Whether a constant belongs to an enum of the specs, or is a plain number to them. */
    public boolean hasConstant(String name) {
        return constants.contains(name) || prefixes.stream().anyMatch(name::startsWith);
    }

    private static Stream<String> lines(String kind, SortedSet<String> names) {
        return names.stream().map(name -> kind + name + "\n");
    }

    private static SortedSet<String> copy(SortedSet<String> names) {
        TreeSet<String> copy = new TreeSet<>(names);
        copy.remove("");
        return Collections.unmodifiableSortedSet(copy);
    }
}
