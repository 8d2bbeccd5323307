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
     * An ioctl that somebody takes care of.
     *
     * @param headerSet the header set that it belongs to
     * @param request the name of the request macro
     */
    public record Claim(String headerSet, String request) {}

    /**
     * Reports each unclaimed ioctl once, at the package that its number is generated into.
     *
     * @param methods the requests that have a method
     */
    public static void check(Bindings bindings, Set<Claim> methods, Report report) {
        Set<Claim> excused = excused(bindings, methods, report);
        for (Bindings.BoundPackage p : bindings.packages()) {
            for (Ioctl ioctl : p.snapshot().ioctls()) {
                Claim claim = new Claim(p.snapshot().headerSet(), ioctl.name());
                if (isGenerated(p, ioctl) && !methods.contains(claim) && !excused.contains(claim)) {
                    report.add(Code.UNCLAIMED_IOCTL, p.spec().site(), ioctl.name());
                }
            }
        }
    }

    private static Set<Claim> excused(Bindings bindings, Set<Claim> methods, Report report) {
        Set<Claim> excused = new HashSet<>();
        for (Bindings.BoundPackage p : bindings.packages()) {
            for (Stated<String> name : p.spec().unclaimed()) {
                Claim claim = new Claim(p.snapshot().headerSet(), name.value());
                excused.add(claim);
                if (methods.contains(claim)) {
                    report.add(Code.NOT_UNCLAIMED, name.site(), name.value(), "a spec claims it");
                }
            }
        }
        return excused;
    }

    private static boolean isGenerated(Bindings.BoundPackage p, Ioctl ioctl) {
        return p.constants().constants().stream().anyMatch(c -> c.name().equals(ioctl.name()));
    }
}
