package io.kvm4j.processor.resolve;

import io.kvm4j.headers.snapshot.Ioctl;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.spec.PackageSpec;
import io.kvm4j.processor.spec.Stated;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the ioctls of the generated headers that no spec mentions. */
public final class UnclaimedIoctls {
    private UnclaimedIoctls() {}

    /**
     * An ioctl that somebody takes care of.
     *
     * @param set the header set as the package names it; empty for the compilation's own
     * @param architecture the architecture of the package; empty for all
     * @param request the name of the request macro
     */
    public record Claim(String set, String architecture, String request) {
        /** A claim that something in a package makes; in no package of the compilation if that is empty. */
        public static Claim of(Optional<PackageSpec> place, String request) {
            return new Claim(
                    place.map(p -> p.set().value()).orElse(""),
                    place.map(p -> p.architecture().value()).orElse(""),
                    request);
        }

        /** Whether both speak of the same ioctl, of which one may be that of all architectures. */
        boolean meets(Claim other) {
            return set.equals(other.set)
                    && request.equals(other.request)
                    && (architecture.isEmpty()
                            || other.architecture.isEmpty()
                            || architecture.equals(other.architecture));
        }
    }

    /**
     * Reports each unclaimed ioctl once, at the package that its number is generated into.
     *
     * @param methods the requests that have a method
     */
    public static void check(Bindings bindings, Set<Claim> methods, Report report) {
        Set<Claim> excused = excused(bindings, methods, report);
        for (Bindings.BoundPackage p : bindings.packages()) {
            for (Ioctl ioctl : p.snapshot().ioctls()) {
                Claim claim = Claim.of(Optional.of(p.spec()), ioctl.name());
                boolean claimed =
                        Stream.concat(methods.stream(), excused.stream()).anyMatch(claim::meets);
                if (!claimed && isGenerated(p, ioctl)) {
                    report.add(Code.UNCLAIMED_IOCTL, p.spec().site(), ioctl.name());
                }
            }
        }
    }

    private static Set<Claim> excused(Bindings bindings, Set<Claim> methods, Report report) {
        Set<Claim> excused = new HashSet<>();
        for (Bindings.BoundPackage p : bindings.packages()) {
            for (Stated<String> name : p.spec().unclaimed()) {
                Claim claim = Claim.of(Optional.of(p.spec()), name.value());
                excused.add(claim);
                if (methods.stream().anyMatch(claim::meets)) {
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
