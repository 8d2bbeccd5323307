package io.kvm4j.uapi.conformance;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.kvm4j.processor.model.Names;
import io.kvm4j.snapshot.Header;
import io.kvm4j.snapshot.RecordType;
import io.kvm4j.snapshot.Snapshot;
import io.kvm4j.snapshot.SnapshotJson;
import io.kvm4j.uapi.BoundHeaders;
import io.kvm4j.uapi.Struct;
import java.lang.foreign.Arena;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves every accessor of every generated struct against C: what a setter stores, a C function compiled against the
 * real headers must read, and store to the same bytes; what C stores, the getter must return.
 */
class AccessorsAgainstCTest {
    private static final Arena ARENA = Arena.ofShared();
    private static final List<String> PACKAGES =
            List.of("io.kvm4j.uapi", "io.kvm4j.uapi.x86_64", "io.kvm4j.uapi.userfaultfd");

    /** {@code struct kvm_vmx_nested_state_data}. */
    private static final long LARGEST_ELEMENT = 8192;

    private static List<Leaf> leaves;
    private static CLibrary c;

    @BeforeAll
    static void compileC(@TempDir Path folder) throws Exception {
        Snapshot snapshot = SnapshotJson.read(Path.of(System.getProperty("kvm4j.snapshot")));
        Path tree = RealHeaders.of(snapshot, folder);
        Set<String> bound = GeneratedClasses.of(Object.class).stream()
                .filter(type -> type.isAnnotationPresent(BoundHeaders.class))
                .flatMap(
                        type -> Stream.of(type.getAnnotation(BoundHeaders.class).headers()))
                .collect(Collectors.toSet());
        leaves = new ArrayList<>();
        for (RecordType record : snapshot.records()) {
            if (bound.contains(record.header())) {
                leaves.addAll(Leaves.of(snapshot, record, view(record)));
            }
        }
        List<String> headers = snapshot.headers().stream()
                .map(Header::path)
                .filter(h -> h.startsWith("linux/"))
                .toList();
        c = CLibrary.compile(leaves, headers, tree, folder, ARENA);
    }

    @AfterAll
    static void unload() {
        ARENA.close();
    }

    @TestFactory
    Stream<DynamicTest> everyStruct() {
        Set<String> structs = new HashSet<>();
        leaves.forEach(l -> structs.add(l.struct()));
        return structs.stream().sorted().map(s -> DynamicTest.dynamicTest(s, () -> check(s)));
    }

    private static void check(String struct) {
        assertAll(IntStream.range(0, leaves.size())
                .filter(i -> leaves.get(i).struct().equals(struct))
                .mapToObj(i -> () -> check(i, leaves.get(i))));
    }

    private static void check(int index, Leaf leaf) throws Throwable {
        switch (leaf.kind()) {
            case NUMBER -> {
                if (leaf.get(allocate(leaf)) instanceof Boolean) {
                    checkPredicate(index, leaf);
                    return;
                }
                checkSetter(index, leaf);
                checkGetter(index, leaf);
            }
            case BYTES -> checkSlice(index, leaf, c.size(index));
            case OPEN_BYTES -> checkSlice(index, leaf, allocate(leaf).segment().byteSize() - c.offset(index));
        }
    }

    private static void checkPredicate(int index, Leaf leaf) throws Throwable {
        for (long number : new long[] {1, 0}) {
            MemorySegment expected = allocate(leaf).segment();
            expected.fill((byte) -1);
            c.write(index, expected, number);
            Struct java = allocate(leaf);
            java.segment().fill((byte) -1);
            leaf.set(java, number);
            assertEquals(-1, expected.mismatch(java.segment()), () -> leaf + ": the first byte that differs from C's");
            assertEquals(number != 0, leaf.get(java), () -> leaf + ": what Java reads of what it stored");
        }
        Struct java = allocate(leaf);
        c.write(index, java.segment(), pattern(index));
        assertEquals(true, leaf.get(java), () -> leaf + ": what Java reads of a number other than 0 and 1");
    }

    private static void checkSetter(int index, Leaf leaf) throws Throwable {
        MemorySegment expected = allocate(leaf).segment();
        c.write(index, expected, pattern(index));
        long fitting = c.read(index, expected);

        Struct java = allocate(leaf);
        leaf.set(java, fitting);

        assertEquals(fitting, c.read(index, java.segment()), () -> leaf + ": what C reads of what Java stored");
        assertEquals(-1, expected.mismatch(java.segment()), () -> leaf + ": the first byte that Java stored elsewhere");
        assertTrue(fitting != 0, () -> leaf + ": the pattern must leave a trace");
    }

    private static void checkGetter(int index, Leaf leaf) throws Throwable {
        for (long background : new long[] {0, -1}) {
            Struct java = allocate(leaf);
            java.segment().fill((byte) background);
            c.write(index, java.segment(), pattern(index));
            long read = c.read(index, java.segment());
            Object got = leaf.get(java);
            long expected = got instanceof Integer ? (int) read : read;
            assertEquals(expected, ((Number) got).longValue(), () -> leaf + ": what Java reads of what C stored");
        }
    }

    private static void checkSlice(int index, Leaf leaf, long size) throws Throwable {
        Struct java = allocate(leaf);
        MemorySegment slice = (MemorySegment) leaf.get(java);
        assertEquals(c.offset(index), slice.address() - java.segment().address(), () -> leaf + ": offset of the slice");
        assertEquals(size, slice.byteSize(), () -> leaf + ": size of the slice");
    }

    /** A pattern of the leaf's own, with a different byte at each place and the sign bit of each width set. */
    private static long pattern(int index) {
        long mixed = (index + 1) * 0x9e3779b97f4a7c15L;
        return mixed | 0x8000_0000_8000_8081L;
    }

    private static Struct allocate(Leaf leaf) throws ReflectiveOperationException {
        Class<?> view = leaf.view();
        GroupLayout layout = (GroupLayout) view.getField("LAYOUT").get(null);
        long room = layout.byteSize() + LARGEST_ELEMENT * Leaves.FLEXIBLE_COUNT;
        MemorySegment memory = Arena.ofAuto().allocate(room, 64);
        return (Struct) view.getMethod("of", MemorySegment.class).invoke(null, memory);
    }

    private static Class<?> view(RecordType record) {
        for (String candidate : PACKAGES) {
            try {
                return Class.forName(candidate + "." + Names.type(record.name()));
            } catch (ClassNotFoundException e) {
                // Another package, then.
            }
        }
        return fail("no class was generated for " + record.cType());
    }
}
