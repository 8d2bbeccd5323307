package io.kvm4j.processor.resolve;

import io.kvm4j.headers.snapshot.Constant;
import io.kvm4j.headers.snapshot.Snapshot;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.NearestName;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.spec.GroupSpec;
import io.kvm4j.processor.spec.Stated;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The macros that a prefix selects, less the exceptions, by value. */
final class MacroGroup {
    private MacroGroup() {}

    /** Selects the macros of a group. */
    static List<Constant> resolve(GroupSpec spec, Snapshot snapshot, Report report) {
        Set<String> except = spec.except().stream().map(Stated::value).collect(Collectors.toSet());
        for (Stated<String> exception : spec.except()) {
            requireConstant(exception, snapshot, report);
        }
        String prefix = spec.prefix().value();
        List<Constant> constants = snapshot.constants().stream()
                .filter(c -> c.name().startsWith(prefix) && !except.contains(c.name()))
                .sorted(Comparator.comparing(Constant::value).thenComparing(Constant::name))
                .toList();
        if (constants.isEmpty()) {
            report.add(
                    Code.EMPTY_GROUP,
                    spec.prefix().site(),
                    prefix,
                    NearestName.hint(prefix, snapshot.constants().stream().map(MacroGroup::prefixOf)));
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

    private static void requireConstant(Stated<String> name, Snapshot snapshot, Report report) {
        if (snapshot.constant(name.value()).isEmpty()) {
            report.add(
                    Code.UNKNOWN_CONSTANT,
                    name.site(),
                    name.value(),
                    NearestName.hint(name.value(), snapshot.constants().stream().map(Constant::name)));
        }
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
