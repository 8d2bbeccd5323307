package io.kvm4j.cli.coverage;

import io.kvm4j.uapi.BoundHeaders;
import io.kvm4j.uapi.ExcusedIoctls;
import io.kvm4j.uapi.ExitUnion;
import io.kvm4j.uapi.FlagBit;
import io.kvm4j.uapi.IoctlRequest;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.PlainConstants;
import io.kvm4j.uapi.UapiValue;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the classes of the bindings say of themselves, read from their annotations: the packages of one header set, those
 * that are neutral and those of the architectures. Proposals, which are sets of their own, are not among them.
 */
final class GeneratedPackages {
    private final List<Class<?>> classes;
    private final List<BoundHeaders> bound;

    /** Reads some classes. */
    GeneratedPackages(List<Class<?>> all) {
        String set = headers(KvmConstants.class).orElseThrow().set();
        Set<String> packages = all.stream()
                .filter(c -> headers(c)
                        .filter(b -> !b.neutral() || b.set().equals(set))
                        .isPresent())
                .map(Class::getPackageName)
                .collect(Collectors.toSet());
        this.classes =
                all.stream().filter(c -> packages.contains(c.getPackageName())).toList();
        this.bound = classes.stream().flatMap(c -> headers(c).stream()).toList();
    }

    /** The header set that the neutral packages were generated from. */
    String set() {
        return bound.stream()
                .filter(BoundHeaders::neutral)
                .map(BoundHeaders::set)
                .findFirst()
                .orElseThrow();
    }

    /** The architectures that packages are for. */
    Set<String> architectures() {
        return bound.stream()
                .filter(b -> !b.neutral())
                .flatMap(b -> Stream.of(b.architectures()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The headers that neutral packages claim. */
    Set<String> neutralHeaders() {
        return bound.stream()
                .filter(BoundHeaders::neutral)
                .flatMap(b -> Stream.of(b.headers()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The request macros that have a method on an architecture, by kind of descriptor. */
    Map<String, Set<String>> requests(String architecture) {
        Map<String, Set<String>> requests = new TreeMap<>();
        for (Class<?> type : on(architecture)) {
            for (Method method : type.getDeclaredMethods()) {
                IoctlRequest request = method.getAnnotation(IoctlRequest.class);
                if (request != null) {
                    requests.computeIfAbsent(descriptor(type), _ -> new TreeSet<>())
                            .add(request.value());
                }
            }
        }
        return requests;
    }

    /** The request macros that have no method on an architecture, with the reason. */
    Map<String, String> excuses(String architecture) {
        Map<String, String> excuses = new TreeMap<>();
        for (Class<?> type : classes) {
            for (ExcusedIoctls excuse : type.getAnnotationsByType(ExcusedIoctls.class)) {
                if (excuse.architectures().length == 0
                        || List.of(excuse.architectures()).contains(architecture)) {
                    Stream.of(excuse.value()).forEach(request -> excuses.put(request, excuse.reason()));
                }
            }
        }
        return excuses;
    }

    /** The sealed interfaces of exits. */
    List<Class<?>> exitUnions() {
        return classes.stream()
                .filter(c -> c.isAnnotationPresent(ExitUnion.class))
                .toList();
    }

    /** Why a constant on an architecture is a plain number, if a list says that it is. */
    Optional<String> plainReason(String architecture, String constant) {
        return on(architecture).stream()
                .filter(c -> c.isAnnotationPresent(PlainConstants.class))
                .flatMap(c -> Stream.of(c.getAnnotation(PlainConstants.class).value()))
                .filter(group -> List.of(group.constants()).contains(constant)
                        || Stream.of(group.prefixes()).anyMatch(constant::startsWith))
                .map(PlainConstants.Group::reason)
                .findFirst();
    }

    /** The headers that packages claim for an architecture. */
    Set<String> headers(String architecture) {
        return on(architecture).stream()
                .flatMap(c -> headers(c).stream())
                .flatMap(b -> Stream.of(b.headers()))
                .collect(Collectors.toSet());
    }

    /** The names of all constants on an architecture. */
    Set<String> constants(String architecture) {
        return on(architecture).stream()
                .filter(c -> headers(c).isPresent())
                .flatMap(c -> Arrays.stream(c.getDeclaredFields()))
                .filter(f -> Modifier.isPublic(f.getModifiers()))
                .map(Field::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The names of the macros that are flags of an enum. */
    Set<String> flags(String architecture) {
        return on(architecture).stream()
                .filter(FlagBit.class::isAssignableFrom)
                .flatMap(c -> Arrays.stream(c.getDeclaredFields()))
                .filter(Field::isEnumConstant)
                .map(Field::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The names of the macros that are values of an enum. */
    Set<String> values(String architecture) {
        return on(architecture).stream()
                .filter(UapiValue.class::isAssignableFrom)
                .flatMap(c -> Arrays.stream(c.getDeclaredFields())
                        .filter(f -> Modifier.isPublic(f.getModifiers()) && f.getType() == c))
                .map(Field::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private List<Class<?>> on(String architecture) {
        Set<String> packages = classes.stream()
                .filter(c -> headers(c)
                        .filter(b -> b.neutral() || List.of(b.architectures()).contains(architecture))
                        .isPresent())
                .map(Class::getPackageName)
                .collect(Collectors.toSet());
        return classes.stream()
                .filter(c -> packages.contains(c.getPackageName()))
                .toList();
    }

    /** The class of the descriptor that all architectures share, which those of the architectures extend. */
    private static String descriptor(Class<?> type) {
        Class<?> root = type;
        while (root.getSuperclass() != null && root.getSuperclass() != Object.class) {
            root = root.getSuperclass();
        }
        return root.getSimpleName().replaceFirst("OverFd$", "");
    }

    private static Optional<BoundHeaders> headers(Class<?> type) {
        return Optional.ofNullable(type.getAnnotation(BoundHeaders.class));
    }
}
