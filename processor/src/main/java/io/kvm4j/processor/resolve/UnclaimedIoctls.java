package io.kvm4j.processor.resolve;

import io.kvm4j.headers.snapshot.Ioctl;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.spec.Stated;
import java.util.HashSet;
import java.util.Set;

/** Finds the ioctls of the generated headers that no spec mentions. */
public final class UnclaimedIoctls {
    private UnclaimedIoctls() {}

    /**
     * Reports each of them once, at the package that its number is generated into.
     *
     * @param claimed the requests that have a method
     */
    public static void check(Bindings bindings, Set<String> claimed, Report report) {
        Set<String> excused = new HashSet<>();
        for (Bindings.BoundPackage p : bindings.packages()) {
            for (Stated<String> name : p.spec().unclaimed()) {
                excused.add(name.value());
                if (claimed.contains(name.value())) {
                    report.add(Code.NOT_UNCLAIMED, name.site(), name.value(), "a spec claims it");
                }
            }
        }
        for (Bindings.BoundPackage p : bindings.packages()) {
            for (Ioctl ioctl : p.snapshot().ioctls()) {
                if (isGenerated(p, ioctl) && !claimed.contains(ioctl.name()) && !excused.contains(ioctl.name())) {
                    report.add(Code.UNCLAIMED_IOCTL, p.spec().site(), ioctl.name());
                }
            }
        }
    }

    private static boolean isGenerated(Bindings.BoundPackage p, Ioctl ioctl) {
        return p.constants().constants().stream().anyMatch(c -> c.name().equals(ioctl.name()));
    }
}
