package io.kvm4j.uapi.conformance;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.snapshot.Ioctl;
import io.kvm4j.uapi.FlagBit;
import io.kvm4j.uapi.HeldBy;
import io.kvm4j.uapi.PlainConstants;
import io.kvm4j.uapi.UapiValue;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Classifies every generated constant: an ioctl's number, a constant of an enum, or a plain number on a reviewed list.
 * The processor warns of what is missing; this is the proof that it looks at everything.
 */
class ConstantKindsTest {
    private final Set<String> ioctls = BoundSnapshots.all().stream()
            .flatMap(s -> s.ioctls().stream())
            .map(Ioctl::name)
            .collect(Collectors.toSet());

    @BeforeAll
    static void assumeThoseOfTheSpecs() {
        BoundSnapshots.assumeThoseOfTheSpecs();
    }

    @Test
    void everyConstantIsAnIoctlOrOfAnEnumOrListedAsPlain() {
        List<String> wrong = new ArrayList<>();
        for (Class<?> constants : constantClasses()) {
            Set<String> enums = enumConstants(constants.getPackageName());
            for (String constant : names(constants)) {
                int kinds = (ioctls.contains(constant) ? 1 : 0)
                        + (enums.contains(constant) ? 1 : 0)
                        + (isPlain(constants, constant, enums) ? 1 : 0);
                if (kinds != 1) {
                    wrong.add("%s is of %d kinds".formatted(constant, kinds));
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void noConstantIsPlainByPrefixThatLooksLikeItsNeighboursInAnEnum() {
        Set<String> prefixes = new TreeSet<>();
        enums().forEach(e -> commonPrefix(constantsOf(e)).ifPresent(prefixes::add));
        List<String> suspicious = new ArrayList<>();
        for (Class<?> constants : constantClasses()) {
            Set<String> enums = enumConstants(constants.getPackageName());
            for (String constant : names(constants)) {
                boolean looksBound = prefixes.stream().anyMatch(constant::startsWith);
                if (looksBound
                        && !enums.contains(constant)
                        && !ioctls.contains(constant)
                        && !isNamed(constants, constant)) {
                    suspicious.add(constant);
                }
            }
        }
        assertEquals(List.of(), suspicious);
    }

    @Test
    void everyEnumSaysWhatHoldsIt() {
        assertAll(enums().stream().map(e -> () -> {
            HeldBy held = e.getAnnotation(HeldBy.class);
            assertTrue(held != null, e::getName);
        }));
        assertTrue(enums().size() > 80, () -> enums().size() + " enums");
    }

    /** C's values: those of the snapshot, which gcc agrees with. */
    @Test
    void constantsOfEnumsHaveTheValuesOfC() {
        Map<String, Long> values = new HashMap<>();
        BoundSnapshots.all()
                .forEach(s -> s.constants()
                        .forEach(c -> values.put(
                                s.architecture() + c.name(), c.value().longValue())));
        int compared = 0;
        for (Class<?> e : enums()) {
            for (Object constant : objects(e)) {
                String name = constant instanceof FlagBit f ? f.name() : ((UapiValue) constant).name();
                String architecture = BoundSnapshots.architectureOf(e.getPackageName());
                long value = values.get(architecture + name);
                switch (constant) {
                    case FlagBit f -> assertTrue(f.mask() == value || f.mask() == 1L << value, name);
                    case UapiValue v -> assertEquals((int) value, v.number(), name);
                    default -> throw new IllegalStateException(name);
                }
                compared++;
            }
        }
        assertTrue(compared > 600, compared + " constants");
    }

    private static List<Class<?>> constantClasses() {
        List<Class<?>> classes = GeneratedClasses.of(Object.class).stream()
                .filter(c -> c.isAnnotationPresent(PlainConstants.class))
                .toList();
        assertFalse(classes.isEmpty());
        return classes;
    }

    private static List<Class<?>> enums() {
        return Stream.concat(GeneratedClasses.of(FlagBit.class).stream(), GeneratedClasses.of(UapiValue.class).stream())
                .toList();
    }

    /** The constants of enums that a package's constants may belong to: its own, and those of packages below it. */
    private static Set<String> enumConstants(String packageName) {
        return enums().stream()
                .filter(e -> BoundSnapshots.overlap(e.getPackageName(), packageName))
                .flatMap(e -> constantsOf(e).stream())
                .collect(Collectors.toSet());
    }

    private static List<String> constantsOf(Class<?> e) {
        return fields(e).filter(f -> f.getType() == e).map(Field::getName).toList();
    }

    private static List<Object> objects(Class<?> e) {
        return fields(e)
                .filter(f -> f.getType() == e)
                .map(ConstantKindsTest::get)
                .toList();
    }

    private static List<String> names(Class<?> constants) {
        return fields(constants).map(Field::getName).toList();
    }

    private static Stream<Field> fields(Class<?> type) {
        return Stream.of(type.getDeclaredFields())
                .filter(f -> Modifier.isPublic(f.getModifiers()) && Modifier.isStatic(f.getModifiers()));
    }

    private static Object get(Field field) {
        try {
            return field.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isPlain(Class<?> constants, String constant, Set<String> enums) {
        return isNamed(constants, constant)
                || (!enums.contains(constant)
                        && groups(constants)
                                .flatMap(g -> Stream.of(g.prefixes()))
                                .anyMatch(constant::startsWith));
    }

    private static boolean isNamed(Class<?> constants, String constant) {
        return groups(constants).flatMap(g -> Stream.of(g.constants())).anyMatch(constant::equals);
    }

    private static Stream<PlainConstants.Group> groups(Class<?> constants) {
        return Stream.of(constants.getAnnotation(PlainConstants.class).value());
    }

    /** What the names of an enum with several constants have in common, up to an underscore, if that says anything. */
    private static Optional<String> commonPrefix(List<String> names) {
        String common = names.stream()
                .reduce((a, b) -> {
                    int i = 0;
                    while (i < Math.min(a.length(), b.length()) && a.charAt(i) == b.charAt(i)) {
                        i++;
                    }
                    return a.substring(0, i);
                })
                .orElse("");
        String prefix = common.substring(0, common.lastIndexOf('_') + 1);
        boolean saysSomething = prefix.chars().filter(c -> c == '_').count() > 1;
        return names.size() > 1 && saysSomething ? Optional.of(prefix) : Optional.empty();
    }
}
