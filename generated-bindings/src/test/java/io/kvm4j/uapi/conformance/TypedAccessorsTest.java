package io.kvm4j.uapi.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.uapi.FlagBit;
import io.kvm4j.uapi.FlagSet;
import io.kvm4j.uapi.Struct;
import io.kvm4j.uapi.UapiValue;
import java.lang.foreign.Arena;
import java.lang.foreign.SegmentAllocator;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Compares every accessor of an enum's type with the plain accessors of the same field. */
class TypedAccessorsTest {
    private static final Arena ARENA = Arena.ofAuto();

    /** A reader of an enum's type, and the setter that takes what it returns. */
    private record Typed(Class<?> view, Method reader, Method setter) {
        @Override
        public String toString() {
            return view.getName() + "." + reader.getName();
        }
    }

    @TestFactory
    Stream<DynamicTest> typedAccessorsAgreeWithPlainOnes() {
        return accessors().map(t -> DynamicTest.dynamicTest(t.toString(), () -> roundTrip(t)));
    }

    @TestFactory
    Stream<DynamicTest> enumsReadWhatTheySet() {
        return Stream.of(FlagSet.class, UapiValue.class)
                .flatMap(kind -> GeneratedClasses.of(kind).stream())
                .flatMap(type -> Stream.of(type.getDeclaredMethods())
                        .filter(m -> Modifier.isStatic(m.getModifiers()) && takesStruct(m))
                        .map(m -> DynamicTest.dynamicTest(type.getName() + "." + m.getName(), () -> inEnum(type, m))));
    }

    private static boolean takesStruct(Method method) {
        return method.getParameterCount() == 1 && Struct.class.isAssignableFrom(method.getParameterTypes()[0]);
    }

    private static void inEnum(Class<?> type, Method reader) throws ReflectiveOperationException {
        Class<?> view = reader.getParameterTypes()[0];
        Method setter = type.getMethod(reader.getName().replaceFirst("Of$", "To"), view);
        for (Object constant : constants(type)) {
            Object struct = allocate(view);
            setter.invoke(constant, struct);
            assertEquals(constant, reader.invoke(null, struct));
        }
        Struct struct = (Struct) allocate(view);
        struct.segment().fill((byte) 0x7f);
        Object value;
        try {
            value = reader.invoke(null, struct);
        } catch (InvocationTargetException e) {
            assertTrue(e.getCause() instanceof ArithmeticException, () -> reader + ": " + e.getCause());
            return;
        }
        setter.invoke(value, struct);
        assertEquals(
                -1,
                struct.segment()
                        .mismatch(ARENA.allocate(struct.segment().byteSize()).fill((byte) 0x7f)));
    }

    @Test
    void thereAreTypedAccessors() {
        assertTrue(accessors().count() > 60, () -> accessors().count() + " typed accessors");
    }

    private static Stream<Typed> accessors() {
        return GeneratedClasses.of(Struct.class).stream()
                .flatMap(view -> Stream.of(view.getDeclaredMethods())
                        .filter(m -> m.getParameterCount() == 0 && isEnum(m.getReturnType()))
                        .filter(m -> !Modifier.isStatic(m.getModifiers()))
                        .map(m -> new Typed(view, m, setterOf(view, m))));
    }

    private static boolean isEnum(Class<?> type) {
        return UapiValue.class.isAssignableFrom(type) || FlagSet.class.isAssignableFrom(type);
    }

    /** Of several fields that hold one enum, the one whose name the reader's starts with. */
    private static Method setterOf(Class<?> view, Method reader) {
        List<Method> takers = Stream.of(view.getDeclaredMethods())
                .filter(m -> m.getParameterCount() == 1 && m.getParameterTypes()[0] == reader.getReturnType())
                .toList();
        return takers.stream()
                .filter(m -> reader.getName().startsWith(m.getName().replaceFirst("_$", "")))
                .findFirst()
                .orElseGet(() -> {
                    assertEquals(1, takers.size(), reader::toString);
                    return takers.getFirst();
                });
    }

    private static void roundTrip(Typed typed) throws ReflectiveOperationException {
        Class<?> type = typed.reader.getReturnType();
        for (Object constant : constants(type)) {
            Object struct = allocate(typed.view);
            typed.setter.invoke(struct, constant);
            assertEquals(constant, typed.reader.invoke(struct));
            assertEquals(number(constant), plain(struct, typed.setter.getName()), constant::toString);
        }
        keepsWhatHasNoName(typed);
    }

    /** Fills the field with ones: the typed value has them all, and writing it back changes nothing. */
    private static void keepsWhatHasNoName(Typed typed) throws ReflectiveOperationException {
        Object struct = allocate(typed.view);
        ((Struct) struct).segment().fill((byte) 0x7f);
        long plain = plain(struct, typed.setter.getName());
        Object value;
        try {
            value = typed.reader.invoke(struct);
        } catch (InvocationTargetException e) {
            assertTrue(e.getCause() instanceof ArithmeticException, () -> typed + ": " + e.getCause());
            return;
        }
        boolean isPart =
                !typed.reader.getName().startsWith(typed.setter.getName().replaceFirst("_$", ""));
        if (!isPart) {
            assertEquals(plain, number(value));
        }
        typed.setter.invoke(struct, value);
        assertEquals(plain, plain(struct, typed.setter.getName()));
    }

    private static List<?> constants(Class<?> type) throws ReflectiveOperationException {
        if (UapiValue.class.isAssignableFrom(type)) {
            return (List<?>) type.getMethod("known").invoke(null);
        }
        FlagSet<?> empty = (FlagSet<?>) type.getConstructor(long.class).newInstance(0L);
        List<Object> sets = new ArrayList<>(List.of(empty));
        for (FlagBit flag : empty.known()) {
            sets.add(type.getConstructor(long.class).newInstance(flag.mask()));
        }
        return sets;
    }

    private static long number(Object typed) {
        return typed instanceof UapiValue v ? v.number() : ((FlagSet<?>) typed).bits();
    }

    /** What the plain getter of a field, or of an array's first element, returns. */
    private static long plain(Object struct, String field) throws ReflectiveOperationException {
        Method getter = Stream.of(struct.getClass().getDeclaredMethods())
                .filter(m -> m.getName().equals(field) && m.getReturnType().isPrimitive())
                .findFirst()
                .orElseThrow();
        Object value = getter.getParameterCount() == 0 ? getter.invoke(struct) : getter.invoke(struct, 0);
        return ((Number) value).longValue();
    }

    private static Object allocate(Class<?> view) throws ReflectiveOperationException {
        return view.getMethod("allocate", SegmentAllocator.class).invoke(null, ARENA);
    }
}
