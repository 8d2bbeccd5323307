package io.kvm4j.headers.diff;

import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.Snapshot;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Tells the macros that are exit reasons from those that share their prefix. */
final class ExitReasons {
    static final String PREFIX = "KVM_EXIT_";

    private ExitReasons() {}

    /** The reasons: a macro whose name goes on after that of another, such as KVM_EXIT_IO_IN, is a detail of that one. */
    static Set<String> of(Snapshot snapshot) {
        Set<String> named = snapshot.constants().stream()
                .map(Constant::name)
                .filter(name -> name.startsWith(PREFIX))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> reasons = new TreeSet<>();
        for (String name : named) {
            if (reasons.stream().noneMatch(reason -> name.startsWith(reason + "_"))) {
                reasons.add(name);
            }
        }
        return reasons;
    }
}
