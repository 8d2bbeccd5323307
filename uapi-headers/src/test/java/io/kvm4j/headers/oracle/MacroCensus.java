package io.kvm4j.headers.oracle;

import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Which macros of the headers a snapshot does not hold, and whether there is a reason for each. */
final class MacroCensus {
    private static final Pattern DEFINE = Pattern.compile("#define (\\w+)(\\()?.*");

    private static final Pattern INCOMPLETE = Pattern.compile("uses\\.c:(\\d+):\\d+: error: .*to incomplete type.*");

    private final Snapshot snapshot;
    private final CCompiler compiler;
    private final String includes;
    private final List<String> prefixes;

    MacroCensus(Snapshot snapshot, CCompiler compiler, String includes, List<String> prefixes) {
        this.snapshot = snapshot;
        this.compiler = compiler;
        this.includes = includes;
        this.prefixes = List.copyOf(prefixes);
    }

    /**
     * Macros that have no value for a reason that no tool can tell.
     *
     * @param reasons the reasons by the macros' names
     */
    record Excuses(Map<String, String> reasons) {
        static final Excuses NONE = new Excuses(Map.of());

        /** Reads lines of a name, a colon and a reason; lines that start with # are comments. */
        static Excuses parse(String text) {
            return new Excuses(text.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split(":\\s+", 2))
                    .collect(
                            Collectors.toMap(parts -> parts[0], parts -> parts[1], (_, again) -> again, TreeMap::new)));
        }
    }

    /** The macros that have neither a place in the snapshot nor a reason that a tool can tell. */
    Set<String> unexplained() {
        Set<String> held = snapshot.constants().stream().map(Constant::name).collect(Collectors.toSet());
        Set<String> lackingTheirStruct = lackingTheirStruct();
        Set<String> unexplained = new TreeSet<>();
        for (String name : objectLikeMacros()) {
            if (!held.contains(name) && !lackingTheirStruct.contains(name)) {
                unexplained.add(name);
            }
        }
        return unexplained;
    }

    /** What is missing from the snapshot, and what it says is unavailable though it is not. */
    List<String> complaints(Excuses excuses) {
        List<String> complaints = new ArrayList<>();
        for (String name : unexplained()) {
            if (!excuses.reasons().containsKey(name)) {
                complaints.add("the macro " + name + " is missing from the snapshot");
            }
        }
        Set<String> lackingTheirStruct = lackingTheirStruct();
        for (String name : snapshot.unavailableIoctls()) {
            if (!lackingTheirStruct.contains(name)) {
                complaints.add("the ioctl " + name + " is not unavailable for want of its struct");
            }
        }
        return complaints;
    }

    /** Function-like macros are left out: the parenthesis follows their name at once. */
    private Set<String> objectLikeMacros() {
        Set<String> names = new TreeSet<>();
        compiler.macros(includes).output().lines().forEach(line -> {
            Matcher define = DEFINE.matcher(line);
            if (define.matches()
                    && define.group(2) == null
                    && prefixes.stream().anyMatch(define.group(1)::startsWith)) {
                names.add(define.group(1));
            }
        });
        return names;
    }

    /** The unavailable ioctls that indeed do not compile, for just the reason that their struct is not declared. */
    private Set<String> lackingTheirStruct() {
        List<String> names = snapshot.unavailableIoctls();
        String uses = names.stream()
                .map(name -> "unsigned long value_of_" + name + " = " + name + ";\n")
                .collect(Collectors.joining());
        Set<String> lacking = new TreeSet<>();
        compiler.check(includes + "#line 1 \"uses.c\"\n" + uses)
                .output()
                .lines()
                .forEach(line -> {
                    Matcher error = INCOMPLETE.matcher(line);
                    if (error.matches()) {
                        lacking.add(names.get(Integer.parseInt(error.group(1)) - 1));
                    }
                });
        return lacking;
    }
}
