package io.kvm4j.processor.resolve;

import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.NearestName;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.spec.PlainSpec;
import io.kvm4j.processor.spec.Stated;
import io.kvm4j.snapshot.Constant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Holds the constants of one package against the list of those that are plain numbers. */
final class PlainCheck {
    private final Bindings.BoundPackage checked;
    private final Set<String> ioctls;
    private final Map<String, String> enumOf;
    private final Report report;

    /**
     * A check of one package.
     *
     * @param ioctls the request macros of any headers
     * @param enumOf the enum of each constant that one has
     */
    PlainCheck(Bindings.BoundPackage checked, Set<String> ioctls, Map<String, String> enumOf, Report report) {
        this.checked = checked;
        this.ioctls = Set.copyOf(ioctls);
        this.enumOf = Map.copyOf(enumOf);
        this.report = report;
    }

    /** Reports what the list has wrong, and what it lacks. */
    void check(List<PlainSpec.Group> groups) {
        Set<String> plain = new HashSet<>();
        List<String> unbound = checked.constants().constants().stream()
                .map(Constant::name)
                .filter(c -> !enumOf.containsKey(c) && !ioctls.contains(c))
                .toList();
        for (PlainSpec.Group group : groups) {
            group.prefixes()
                    .forEach(p -> plain.addAll(matches(p, unbound.stream().filter(c -> c.startsWith(p.value())))));
            group.constants().forEach(c -> plain.addAll(named(c, unbound)));
        }
        unbound.stream()
                .filter(c -> !plain.contains(c))
                .forEach(c -> report.add(Code.UNCLASSIFIED, checked.spec().site(), c));
    }

    private List<String> named(Stated<String> name, List<String> unbound) {
        String owner = enumOf.get(name.value());
        if (owner != null) {
            report.add(Code.PLAIN_YET_ENUM, name.site(), name.value(), owner);
            return List.of();
        }
        return matches(name, unbound.stream().filter(name.value()::equals));
    }

    private List<String> matches(Stated<String> name, Stream<String> matching) {
        List<String> found = matching.toList();
        if (found.isEmpty()) {
            report.add(
                    Code.PLAIN_MATCHES_NOTHING,
                    name.site(),
                    name.value(),
                    NearestName.hint(
                            name.value(),
                            checked.constants().constants().stream().map(Constant::name)));
        }
        return found;
    }
}
