package io.kvm4j.cli.coverage;

import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.Ioctl;
import io.kvm4j.snapshot.Member;
import io.kvm4j.snapshot.MemberType;
import io.kvm4j.snapshot.RecordKind;
import io.kvm4j.snapshot.Snapshot;
import io.kvm4j.uapi.ExitArms;
import io.kvm4j.uapi.ExitUnion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How much of the headers the bindings offer. What there is comes from the snapshots, what is offered from the generated
 * classes; nothing is listed by hand.
 *
 * @param ioctls the ioctls, by architecture and header
 * @param exits the exit reasons that are types
 * @param arms the arms of the exits' union that an exit reads
 * @param constants the constants, by architecture
 */
record Coverage(List<Ioctls> ioctls, Part exits, Part arms, List<Constants> constants) {
    private static final String UNCLASSIFIED = "in no enum, and on no list of plain numbers";

    /**
     * Things of which some are covered.
     *
     * @param covered how many are
     * @param open the names of those that are not
     */
    record Part(int covered, Set<String> open) {
        static Part of(Collection<String> all, Collection<String> covered) {
            Set<String> open = new TreeSet<>(all);
            open.removeAll(covered);
            return new Part(new TreeSet<>(all).size() - open.size(), open);
        }

        /** How many there are. */
        int total() {
            return covered + open.size();
        }
    }

    /**
     * The ioctls of one header on one architecture.
     *
     * @param macros how many request macros the header has
     * @param methods those that are not excused, of which those with a method are covered
     * @param excused how many have no method on purpose, by reason
     * @param pairs how many methods each kind of descriptor has: an ioctl of several kinds has one on each
     */
    record Ioctls(
            String architecture,
            String header,
            int macros,
            Part methods,
            Map<String, Integer> excused,
            Map<String, Integer> pairs) {}

    /**
     * The constants of one architecture.
     *
     * @param flags those that are flags of an enum
     * @param values those that are values of an enum
     * @param requests those that are the number of an ioctl
     * @param plain how many the bindings have as plain numbers, by reason
     * @param missing those that the bindings do not have, since they are generated from other headers
     */
    record Constants(
            String architecture, int flags, int values, int requests, Map<String, Integer> plain, Set<String> missing) {
        /** How many the bindings have as plain numbers. */
        int plainTotal() {
            return plain.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    /** Counts what classes offer of snapshots, of which there is one for each architecture that has packages. */
    static Coverage of(GeneratedPackages packages, List<Snapshot> snapshots) {
        List<Ioctls> ioctls = new ArrayList<>();
        List<Constants> constants = new ArrayList<>();
        for (Snapshot snapshot : snapshots) {
            for (String header : packages.neutralHeaders()) {
                Set<String> macros = requests(header, snapshot, snapshots);
                if (!macros.isEmpty()) {
                    ioctls.add(ioctls(packages, snapshot.architecture(), header, macros));
                }
            }
            constants.add(constants(packages, snapshot));
        }
        return new Coverage(ioctls, exits(packages, snapshots), arms(packages, snapshots), constants);
    }

    /** Whether nothing is open. */
    boolean isComplete() {
        return ioctls.stream().allMatch(i -> i.methods().open().isEmpty())
                && exits.open().isEmpty()
                && arms.open().isEmpty();
    }

    private static Ioctls ioctls(GeneratedPackages packages, String architecture, String header, Set<String> macros) {
        TreeMap<String, Integer> reasons = new TreeMap<>();
        Set<String> wanted = new TreeSet<>(macros);
        packages.excuses(architecture).forEach((request, reason) -> {
            if (wanted.remove(request)) {
                reasons.merge(reason, 1, Integer::sum);
            }
        });
        TreeMap<String, Integer> pairs = new TreeMap<>();
        Set<String> methods = new TreeSet<>();
        packages.requests(architecture).forEach((descriptor, requests) -> {
            List<String> own = requests.stream().filter(macros::contains).toList();
            methods.addAll(own);
            if (!own.isEmpty()) {
                pairs.put(descriptor, own.size());
            }
        });
        return new Ioctls(architecture, header, macros.size(), Part.of(wanted, methods), reasons, pairs);
    }

    /**
     * All request macros of a header on an architecture. The header of one that has no value there is that which it has on
     * another, or else that of the macros which start with the same word.
     */
    private static Set<String> requests(String header, Snapshot snapshot, List<Snapshot> all) {
        Map<String, String> headers = new HashMap<>();
        Map<String, String> byWord = new HashMap<>();
        for (Snapshot s : all) {
            for (Ioctl ioctl : s.ioctls()) {
                s.constant(ioctl.name()).map(Constant::header).ifPresent(h -> {
                    headers.put(ioctl.name(), h);
                    byWord.put(word(ioctl.name()), h);
                });
            }
        }
        return Stream.concat(snapshot.ioctls().stream().map(Ioctl::name), snapshot.unavailableIoctls().stream())
                .filter(name -> header.equals(headers.getOrDefault(name, byWord.get(word(name)))))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String word(String macro) {
        return macro.substring(0, macro.indexOf('_', 1));
    }

    private static Part exits(GeneratedPackages packages, List<Snapshot> snapshots) {
        Set<String> reasons = new TreeSet<>();
        Set<String> types = new TreeSet<>();
        for (Class<?> union : packages.exitUnions()) {
            ExitUnion made = union.getAnnotation(ExitUnion.class);
            snapshots.stream()
                    .flatMap(s -> s.constants().stream())
                    .filter(c -> packages.neutralHeaders().contains(c.header()))
                    .map(Constant::name)
                    .filter(name -> name.startsWith(made.prefix()))
                    .forEach(reasons::add);
            reasons.removeAll(List.of(made.except()));
            exitTypes(union).forEach(e -> types.add(e.reason()));
        }
        return Part.of(reasons, types);
    }

    private static Part arms(GeneratedPackages packages, List<Snapshot> snapshots) {
        Set<String> arms = new TreeSet<>();
        Set<String> read = new TreeSet<>();
        for (Class<?> union : packages.exitUnions()) {
            ExitUnion made = union.getAnnotation(ExitUnion.class);
            snapshots.stream()
                    .flatMap(s -> s.record(made.struct()).stream())
                    .flatMap(r -> r.members().stream())
                    .flatMap(Coverage::arms)
                    .forEach(arms::add);
            arms.removeAll(List.of(made.unread()));
            exitTypes(union).forEach(e -> read.addAll(List.of(e.arms())));
        }
        return Part.of(arms, read);
    }

    private static Stream<String> arms(Member member) {
        return member.isAnonymous()
                        && member.type() instanceof MemberType.Inline union
                        && union.kind() == RecordKind.UNION
                ? union.members().stream().map(Member::name)
                : Stream.empty();
    }

    private static Stream<ExitArms> exitTypes(Class<?> union) {
        return Stream.of(union.getDeclaredClasses())
                .filter(c -> c.isAnnotationPresent(ExitArms.class))
                .map(c -> c.getAnnotation(ExitArms.class));
    }

    private static Constants constants(GeneratedPackages packages, Snapshot snapshot) {
        String architecture = snapshot.architecture();
        Set<String> headers = packages.headers(architecture);
        Set<String> left = snapshot.constants().stream()
                .filter(c -> headers.contains(c.header()))
                .map(Constant::name)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> missing = new TreeSet<>(left);
        missing.removeAll(packages.constants(architecture));
        left.removeAll(missing);
        Set<String> requests = snapshot.ioctls().stream().map(Ioctl::name).collect(Collectors.toSet());
        int flags = take(packages.flags(architecture), left);
        int values = take(packages.values(architecture), left);
        int numbers = take(requests, left);
        TreeMap<String, Integer> plain = new TreeMap<>();
        left.forEach(name -> plain.merge(plainReason(packages, architecture, name), 1, Integer::sum));
        return new Constants(architecture, flags, values, numbers, plain, missing);
    }

    private static String plainReason(GeneratedPackages packages, String architecture, String constant) {
        return packages.plainReason(architecture, constant)
                .orElseGet(() -> packages.architectures().stream()
                                .anyMatch(other -> packages.flags(other).contains(constant)
                                        || packages.values(other).contains(constant))
                        ? "of an enum that only another architecture has"
                        : UNCLASSIFIED);
    }

    private static int take(Set<String> names, Set<String> left) {
        int before = left.size();
        left.removeAll(names);
        return before - left.size();
    }
}
