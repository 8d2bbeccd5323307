package io.kvm4j.processor;

import static com.google.common.truth.Truth.assertThat;
import static com.google.testing.compile.CompilationSubject.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.testing.compile.Compilation;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Runs generated code whose like KVM's own headers do not hold. What C makes of the same values was read from gcc 12. */
class GeneratedBehaviourTest {
    private static ClassLoader generated;

    private final Arena arena = Arena.ofAuto();

    @BeforeAll
    static void compileDriver() throws IOException {
        Compilation compilation = SpecCompiler.compile(Driver.specs());
        assertThat(compilation).succeeded();
        Map<String, byte[]> classes = new HashMap<>();
        for (JavaFileObject file : compilation.generatedFiles()) {
            if (file.getKind() == JavaFileObject.Kind.CLASS) {
                try (InputStream in = file.openInputStream()) {
                    String name = file.getName().replaceFirst("^/CLASS_OUTPUT/", "");
                    classes.put(name.replace(".class", "").replace('/', '.'), in.readAllBytes());
                }
            }
        }
        generated = new CompiledClasses(classes);
    }

    @Test
    void bitFieldsOfOneUnit() throws ReflectiveOperationException {
        Object bits = allocate("drv.DrvBits");
        call(bits, "low", 5);
        call(bits, "high", 0x1abcdef0);
        assertThat(memory(bits).get(ValueLayout.JAVA_INT, 0)).isEqualTo(0xd5e6f785);
        assertThat(call(bits, "low")).isEqualTo(5);
        assertThat(call(bits, "high")).isEqualTo(0x1abcdef0);
    }

    @Test
    void signedBitFieldBesideAWideOne() throws ReflectiveOperationException {
        Object bits = allocate("drv.DrvBits");
        call(bits, "delta", -3);
        call(bits, "big", 0xabcdef1234L);
        assertThat(memory(bits).get(ValueLayout.JAVA_LONG, 8)).isEqualTo(0x1579bde2469dL);
        assertThat(call(bits, "delta")).isEqualTo(-3);
        assertThat(call(bits, "big")).isEqualTo(0xabcdef1234L);
        assertThrows(InvocationTargetException.class, () -> call(bits, "delta", 16));
        assertThrows(InvocationTargetException.class, () -> call(bits, "delta", -17));
        assertThrows(InvocationTargetException.class, () -> call(bits, "big", 1L << 40));
    }

    @Test
    void bitFieldOfAllBits() throws ReflectiveOperationException {
        Object bits = allocate("drv.DrvBits");
        call(bits, "whole", -2L);
        assertThat(call(bits, "whole")).isEqualTo(-2L);
    }

    @Test
    void signedByte() throws ReflectiveOperationException {
        Object bits = allocate("drv.DrvBits");
        call(bits, "tiny", -128);
        assertThat(call(bits, "tiny")).isEqualTo(-128);
        assertThrows(InvocationTargetException.class, () -> call(bits, "tiny", 128));
    }

    @Test
    void packedStruct() throws ReflectiveOperationException {
        Object packed = allocate("drv.DrvPacked");
        call(packed, "event", 0xaa);
        call(packed, "flags", 0x01020304);
        assertThat(memory(packed).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(new byte[] {(byte) 0xaa, 4, 3, 2, 1});
    }

    @Test
    void arrayOfTwoDimensions() throws ReflectiveOperationException {
        Object tables = allocate("drv.DrvTables");
        tables.getClass().getMethod("matrix", int.class, int.class, int.class).invoke(tables, 1, 2, 0x7f);
        assertThat(memory(tables).get(ValueLayout.JAVA_BYTE, 5)).isEqualTo(0x7f);
        var get = tables.getClass().getMethod("matrix", int.class, int.class);
        assertThat(get.invoke(tables, 1, 2)).isEqualTo(0x7f);
        assertThrows(InvocationTargetException.class, () -> get.invoke(tables, 0, 3));
        assertThrows(InvocationTargetException.class, () -> get.invoke(tables, 2, 0));
    }

    @Test
    void fieldThatIsNamedAsAPredicateIsABoolean() throws ReflectiveOperationException {
        Object report = allocate("drv.DrvReport");
        for (String field : List.of("isWrite", "hasCode", "canWait")) {
            assertThat(call(report, field)).isEqualTo(false);
            memory(report).fill((byte) -1);
            assertThat(call(report, field)).isEqualTo(true);
            call(report, field, false);
            assertThat(call(report, field)).isEqualTo(false);
            call(report, field, true);
            assertThat(call(report, field)).isEqualTo(true);
            memory(report).fill((byte) 0);
        }
        call(report, "isWrite", true);
        call(report, "hasCode", true);
        call(report, "canWait", true);
        assertThat(memory(report).get(ValueLayout.JAVA_LONG, 0)).isEqualTo(0x8_0000_0001L);
        assertThat(memory(report).get(ValueLayout.JAVA_LONG, 8)).isEqualTo(1L << 40);
        assertThat(call(report, "issue")).isEqualTo(0);
    }

    private Object allocate(String name) throws ReflectiveOperationException {
        return generated
                .loadClass(name)
                .getMethod("allocate", SegmentAllocator.class)
                .invoke(null, arena);
    }

    private static MemorySegment memory(Object view) throws ReflectiveOperationException {
        return (MemorySegment) view.getClass().getMethod("segment").invoke(view);
    }

    private static Object call(Object view, String method, Object... arguments) throws ReflectiveOperationException {
        Class<?>[] types = Stream.of(arguments)
                .map(a -> a instanceof Boolean ? boolean.class : a instanceof Integer ? int.class : long.class)
                .toArray(Class<?>[]::new);
        return view.getClass().getMethod(method, types).invoke(view, arguments);
    }

    /** Classes from a compilation's output. */
    private static final class CompiledClasses extends ClassLoader {
        private final Map<String, byte[]> classes;

        private CompiledClasses(Map<String, byte[]> classes) {
            super(GeneratedBehaviourTest.class.getClassLoader());
            this.classes = classes;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(name);
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}
