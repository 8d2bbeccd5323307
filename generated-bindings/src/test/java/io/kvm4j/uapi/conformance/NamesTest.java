package io.kvm4j.uapi.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the names of generated and hand-written classes promise. */
class NamesTest {
    @Test
    void whatIsNamedAsAPredicateIsABoolean() {
        List<String> others = GeneratedClasses.all().stream()
                .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                .filter(m -> Modifier.isPublic(m.getModifiers()) && m.getParameterCount() == 0)
                .filter(m -> m.getName().matches("(is|has|can)[A-Z].*") && m.getReturnType() != boolean.class)
                .map(Method::toString)
                .toList();
        assertEquals(List.of(), others);
    }

    @Test
    void noPublicTypeHidesOneOfJavaLang() {
        List<String> hiding = GeneratedClasses.all().stream()
                .filter(type -> Modifier.isPublic(type.getModifiers()) && isInJavaLang(type.getSimpleName()))
                .map(Class::getName)
                .toList();
        assertEquals(List.of(), hiding);
    }

    private static boolean isInJavaLang(String simpleName) {
        try {
            return Modifier.isPublic(
                    Class.forName("java.lang." + simpleName, false, null).getModifiers());
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
