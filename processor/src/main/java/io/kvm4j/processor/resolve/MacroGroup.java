package io.kvm4j.processor.resolve;

import io.kvm4j.processor.completion.Provenance;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.NearestName;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.spec.GroupSpec;
import io.kvm4j.processor.spec.Stated;
import io.kvm4j.snapshot.Constant;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The macros that a prefix selects, less the exceptions, and those that are listed, by value. */
final class MacroGroup {
    /** What the initializer of a class has room for. */
    private static final int LARGEST = 2000;

    private MacroGroup() {}

    /**
     * Selects the macros of a group among {@code candidates}.
     *
     * @param foreign what decides whether those that the spec's author cannot know of belong to it
     */
    static List<Constant> resolve(
            GroupSpec spec, List<Constant> candidates, ForeignMacros foreign, Provenance provenance, Report report) {
        Stream.of(spec.except(), spec.macros())
                .flatMap(List::stream)
                .forEach(name -> requireConstant(name, candidates, report));
        Set<String> except = names(spec.except());
        Set<String> listed = names(spec.macros());
        String prefix = spec.prefix().value();
        List<Constant> selected = candidates.stream()
                .filter(c -> listed.contains(c.name())
                        || (!prefix.isEmpty() && c.name().startsWith(prefix) && !except.contains(c.name())))
                .sorted(Comparator.comparing(Constant::value).thenComparing(Constant::name))
                .toList();
        if (selected.size() > LARGEST) {
            report.add(Code.GROUP_TOO_LARGE, spec.prefix().site(), prefix, selected.size(), LARGEST);
            return List.of();
        }
        List<Constant> constants = foreign.leaveOut(selected, spec, provenance, report);
        if (constants.isEmpty() && listed.isEmpty()) {
            report.add(
                    Code.EMPTY_GROUP,
                    spec.prefix().site(),
                    prefix,
                    NearestName.hint(prefix, candidates.stream().map(MacroGroup::prefixOf)));
        }
        requireDistinct(constants, spec, report);
        return constants;
    }

    /** Requires that the values of a group fit into an int, signed or not. */
    static void requireInts(List<Constant> constants, GroupSpec spec, Report report) {
        for (Constant constant : constants) {
            BigInteger value = constant.value();
            if (value.bitLength() > (value.signum() < 0 ? Integer.SIZE - 1 : Integer.SIZE)) {
                report.add(Code.VALUE_TOO_WIDE, spec.prefix().site(), constant.name(), value.toString(16));
            }
        }
    }

    /** Finds a constant that a spec names, or reports that there is none. */
    static void requireConstant(Stated<String> name, List<Constant> candidates, Report report) {
        if (candidates.stream().noneMatch(c -> c.name().equals(name.value()))) {
            report.add(
                    Code.UNKNOWN_CONSTANT,
                    name.site(),
                    name.value(),
                    NearestName.hint(name.value(), candidates.stream().map(Constant::name)));
        }
    }

    private static Set<String> names(List<Stated<String>> stated) {
        return stated.stream().map(Stated::value).collect(Collectors.toSet());
    }

    private static void requireDistinct(List<Constant> constants, GroupSpec spec, Report report) {
        Map<BigInteger, Constant> byValue = new HashMap<>();
        for (Constant constant : constants) {
            Constant other = byValue.putIfAbsent(constant.value(), constant);
            if (other != null) {
                report.add(Code.VALUE_TWICE, spec.prefix().site(), other.name(), constant.name(), constant.value());
            }
        }
    }

    /** The first two words, which is what prefixes mostly are. */
    private static String prefixOf(Constant constant) {
        String name = constant.name();
        int second = name.indexOf('_', name.indexOf('_') + 1);
        return second < 0 ? name : name.substring(0, second + 1);
    }
}
