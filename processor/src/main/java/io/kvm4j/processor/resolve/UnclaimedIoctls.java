package io.kvm4j.processor.resolve;

import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.NearestName;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.spec.Excused;
import io.kvm4j.processor.spec.PackageSpec;
import io.kvm4j.processor.spec.Stated;
import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.Ioctl;
import io.kvm4j.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Finds the ioctls of the generated headers that no spec mentions, on each architecture. Every request macro counts,
 * those too that have no value on an architecture since it lacks their argument's struct.
 */
public final class UnclaimedIoctls {
    private final Bindings bindings;
    private final Set<Claim> methods;
    private final Report report;
    private final Set<Claim> excused = new HashSet<>();

    private UnclaimedIoctls(Bindings bindings, Set<Claim> methods, Report report) {
        this.bindings = bindings;
        this.methods = methods;
        this.report = report;
    }

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
    }

    /**
     * Checks the excuses, and reports each unclaimed ioctl once, at the package that claims its header.
     *
     * @param methods the requests that have a method
     */
    public static void check(Bindings bindings, Set<Claim> methods, Report report) {
        UnclaimedIoctls check = new UnclaimedIoctls(bindings, methods, report);
        bindings.packages().forEach(p -> p.spec().unclaimed().forEach(e -> check.excuse(p.spec(), e)));
        bindings.packages().stream().map(p -> p.spec().set().value()).distinct().forEach(check::checkSet);
    }

    private void excuse(PackageSpec spec, Excused excuse) {
        List<String> all = bindings.architectures(spec.set().value());
        for (Stated<String> architecture : excuse.architectures()) {
            if (!all.contains(architecture.value())) {
                report.add(
                        Code.UNKNOWN_ARCHITECTURE,
                        architecture.site(),
                        architecture.value(),
                        NearestName.hint(architecture.value(), all));
            }
        }
        List<String> about = spec.architecturesOf(excuse, all);
        excuse.requests().forEach(request -> excuse(spec, excuse, request, about));
    }

    private void excuse(PackageSpec spec, Excused excuse, Stated<String> request, List<String> architectures) {
        String set = spec.set().value();
        List<String> known = architectures.stream()
                .flatMap(a -> bindings.snapshotFor(set, a).stream())
                .flatMap(UnclaimedIoctls::requests)
                .toList();
        if (!known.contains(request.value()) && excuse.everywhere()) {
            report.add(Code.UNKNOWN_IOCTL, request.site(), request.value(), NearestName.hint(request.value(), known));
        }
        String wrong = "";
        for (String architecture : architectures) {
            if (!excused.add(new Claim(set, architecture, request.value()))) {
                wrong = "another excuse names it too";
            }
            if (isMethod(set, architecture, request.value())) {
                wrong = "a spec claims it";
            }
        }
        if (!wrong.isEmpty()) {
            report.add(Code.NOT_UNCLAIMED, request.site(), request.value(), wrong);
        }
    }

    private boolean isMethod(String set, String architecture, String request) {
        return methods.contains(new Claim(set, architecture, request)) || methods.contains(new Claim(set, "", request));
    }

    private void checkSet(String set) {
        Map<String, PackageSpec> claims = new HashMap<>();
        bindings.packages().stream()
                .filter(p -> p.spec().set().value().equals(set))
                .forEach(p -> p.spec().headers().forEach(h -> claims.putIfAbsent(h.value(), p.spec())));
        Map<String, PackageSpec> owners = owners(set, claims);
        Map<String, List<String>> open = new TreeMap<>();
        for (String architecture : bindings.architectures(set)) {
            bindings.snapshotFor(set, architecture).stream()
                    .flatMap(UnclaimedIoctls::requests)
                    .filter(owners::containsKey)
                    .filter(name -> !isMethod(set, architecture, name))
                    .filter(name -> !excused.contains(new Claim(set, architecture, name)))
                    .forEach(name ->
                            open.computeIfAbsent(name, _ -> new ArrayList<>()).add(architecture));
        }
        open.forEach((name, architectures) -> {
            String where =
                    architectures.equals(bindings.architectures(set)) ? "" : " on " + String.join(", ", architectures);
            PackageSpec owner = owners.get(name);
            if (owner != null) {
                report.add(Code.UNCLAIMED_IOCTL, owner.site(), name, where);
            }
        });
    }

    /**
     * The package that each ioctl concerns: the one that claims its header. That of a macro without a value on any
     * architecture is not known: it is taken for that of the others which start with the same word.
     */
    private Map<String, PackageSpec> owners(String set, Map<String, PackageSpec> claims) {
        Map<String, PackageSpec> owners = new HashMap<>();
        Map<String, PackageSpec> byWord = new HashMap<>();
        List<Snapshot> snapshots = bindings.architectures(set).stream()
                .flatMap(a -> bindings.snapshotFor(set, a).stream())
                .toList();
        for (Snapshot snapshot : snapshots) {
            for (Ioctl ioctl : snapshot.ioctls()) {
                snapshot.constant(ioctl.name())
                        .map(Constant::header)
                        .map(claims::get)
                        .ifPresent(p -> {
                            owners.putIfAbsent(ioctl.name(), p);
                            byWord.putIfAbsent(word(ioctl.name()), p);
                        });
            }
        }
        snapshots.stream().flatMap(s -> s.unavailableIoctls().stream()).forEach(name -> {
            PackageSpec likely = byWord.get(word(name));
            if (likely != null) {
                owners.putIfAbsent(name, likely);
            }
        });
        return owners;
    }

    private static Stream<String> requests(Snapshot snapshot) {
        return Stream.concat(snapshot.ioctls().stream().map(Ioctl::name), snapshot.unavailableIoctls().stream());
    }

    private static String word(String macro) {
        int end = macro.indexOf('_', 1);
        return end < 0 ? macro : macro.substring(0, end);
    }
}
