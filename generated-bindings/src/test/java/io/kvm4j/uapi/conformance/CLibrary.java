package io.kvm4j.uapi.conformance;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** C code, compiled against the real headers, that reads and writes every leaf. */
final class CLibrary {
    private final MethodHandle read;
    private final MethodHandle write;
    private final MethodHandle offset;
    private final MethodHandle size;

    private CLibrary(SymbolLookup library) {
        read = handle(
                library,
                "leaf_read",
                FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        write = handle(
                library,
                "leaf_write",
                FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
        offset = handle(library, "leaf_offset", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
        size = handle(library, "leaf_size", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    }

    /** Compiles the code in a folder and loads it for the life of an arena. */
    static CLibrary compile(List<Leaf> leaves, List<String> headers, Path include, Path folder, Arena arena)
            throws IOException, InterruptedException {
        Path source = folder.resolve("leaves.c");
        Path library = folder.resolve("leaves.so");
        Path log = folder.resolve("gcc.log");
        Files.writeString(source, source(leaves, headers));
        Process gcc = new ProcessBuilder(
                        "gcc",
                        "-shared",
                        "-fPIC",
                        "-O0",
                        "-w",
                        "-nostdinc",
                        "-I" + include,
                        "-o",
                        library.toString(),
                        source.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (gcc.waitFor() != 0) {
            throw new AssertionError("gcc: " + Files.readString(log, StandardCharsets.UTF_8));
        }
        return new CLibrary(SymbolLookup.libraryLookup(library, arena));
    }

    private static String source(List<Leaf> leaves, List<String> headers) {
        List<String> code = new ArrayList<>();
        headers.forEach(h -> code.add("#include <" + h + ">"));
        code.add("long long leaf_read(int leaf, void *p) { switch (leaf) {");
        cases(code, leaves, Leaf.Kind.NUMBER, "return (long long) ((%s *) p)->%s;");
        code.add("} return 0; }");
        code.add("void leaf_write(int leaf, void *p, long long v) { switch (leaf) {");
        cases(code, leaves, Leaf.Kind.NUMBER, "((%s *) p)->%s = v; return;");
        code.add("} }");
        code.add("long leaf_offset(int leaf) { switch (leaf) {");
        cases(code, leaves, Leaf.Kind.BYTES, "return (long) &((%s *) 0)->%s;");
        cases(code, leaves, Leaf.Kind.OPEN_BYTES, "return (long) &((%s *) 0)->%s;");
        code.add("} return -1; }");
        code.add("long leaf_size(int leaf) { switch (leaf) {");
        cases(code, leaves, Leaf.Kind.BYTES, "return sizeof(((%s *) 0)->%s);");
        code.add("} return -1; }");
        return String.join("\n", code) + "\n";
    }

    private static void cases(List<String> code, List<Leaf> leaves, Leaf.Kind kind, String body) {
        for (int i = 0; i < leaves.size(); i++) {
            Leaf leaf = leaves.get(i);
            if (leaf.kind() == kind) {
                code.add("case " + i + ": " + body.formatted(leaf.struct(), leaf.expression()));
            }
        }
    }

    /** What C reads, sign- or zero-extended as the member's type demands. */
    long read(int leaf, MemorySegment struct) throws Throwable {
        return (long) read.invokeExact(leaf, struct);
    }

    /** Lets C assign a number, which it cuts to the member's width. */
    void write(int leaf, MemorySegment struct, long value) throws Throwable {
        write.invokeExact(leaf, struct, value);
    }

    /** {@code offsetof}. */
    long offset(int leaf) throws Throwable {
        return (long) offset.invokeExact(leaf);
    }

    /** {@code sizeof}. */
    long size(int leaf) throws Throwable {
        return (long) size.invokeExact(leaf);
    }

    private static MethodHandle handle(SymbolLookup library, String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), descriptor);
    }
}
