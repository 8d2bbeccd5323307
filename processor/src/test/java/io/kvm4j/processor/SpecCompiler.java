package io.kvm4j.processor;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.Compiler;
import com.google.testing.compile.JavaFileObjects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;

/** Compiles specs of a made-up driver with the processor and the classes that generated code rests on. */
final class SpecCompiler {
    static final Path SNAPSHOT = Path.of("src/test/resources/test-driver.json");

    private static final Path SUPPORT = Path.of("../generated-bindings/src/main/java/io/kvm4j/uapi");
    private static final List<String> SUPPORT_CLASSES = List.of(
            "CType",
            "BoundHeaders",
            "CapabilityProbe",
            "Errno",
            "ErrnoException",
            "ExcusedIoctls",
            "ExitArms",
            "ExitUnion",
            "FlagBit",
            "FlagSet",
            "FlagText",
            "HeldBy",
            "CallState",
            "IoctlCall",
            "IoctlRequest",
            "PlainConstants",
            "Struct",
            "StructText",
            "UapiValue");

    private static final Path LIBC = Path.of("../generated-bindings/src/main/java/io/kvm4j/libc");
    private static final List<String> LIBC_CLASSES = List.of("CFunction", "CapturedErrno");

    private SpecCompiler() {}

    /** Compiles specs against the test driver's snapshot. */
    static Compilation compile(JavaFileObject... specs) {
        return compile(List.of("-Akvm4j.snapshot=" + SNAPSHOT), specs);
    }

    /** Compiles specs with other options. */
    static Compilation compile(List<String> options, JavaFileObject... specs) {
        List<JavaFileObject> sources = new ArrayList<>(List.of(specs));
        sources.addAll(support());
        return Compiler.javac()
                .withProcessors(new UapiProcessor())
                .withOptions(Stream.concat(options.stream(), Stream.of("-Xlint:-options"))
                        .toArray())
                .compile(sources);
    }

    /** The package with the driver's neutral declarations; {@code annotations} come on top of it. */
    static JavaFileObject driverPackage(String... annotations) {
        return packageOf(
                "drv",
                "@UapiPackage(headers = \"linux/drv.h\", constants = \"DrvConstants\", neutral = \"drv_run\")",
                annotations);
    }

    /** The package with what belongs to one architecture. */
    static JavaFileObject architecturePackage(String... annotations) {
        return packageOf(
                "drv.x86",
                "@UapiPackage(headers = \"asm/drv.h\", constants = \"DrvX86Constants\", architecture = \"x86_64\")",
                annotations);
    }

    /** A package-info with the given annotations, one a line. */
    static JavaFileObject packageOf(String name, String first, String... others) {
        List<String> lines = new ArrayList<>(List.of(first));
        lines.addAll(List.of(others));
        lines.add("package " + name + ";");
        lines.add("import io.kvm4j.processor.annotations.*;");
        return JavaFileObjects.forSourceLines(name + ".package-info", lines);
    }

    /** A spec in the driver's package: all lines after the imports. */
    static JavaFileObject spec(String name, String... lines) {
        List<String> all = new ArrayList<>(List.of(
                "package drv;",
                "import io.kvm4j.processor.annotations.*;",
                "import drv.x86.*;",
                "import java.lang.foreign.SegmentAllocator;"));
        all.addAll(List.of(lines));
        return JavaFileObjects.forSourceLines("drv." + name, all);
    }

    /** All ioctls of the driver, excused: for tests that are about something else. */
    static String unclaimed() {
        return "@Unclaimed(@Excuse(value = {\"DRV_VERSION\", \"DRV_SET_REGION\", \"DRV_GET_LIST\", \"DRV_GET_REGS\","
                + " \"DRV_SET_ADDR\", \"DRV_RUN\", \"DRV_WAKE\", \"DRV_SPARE\", \"DRV_GET_PLAIN\", \"DRV_SET_MASK\","
                + " \"DRV_OLD_REGION\"}, reason = \"test\"))";
    }

    static List<JavaFileObject> support() {
        List<JavaFileObject> sources = new ArrayList<>(sources("io.kvm4j.uapi", SUPPORT, SUPPORT_CLASSES));
        sources.addAll(sources("io.kvm4j.libc", LIBC, LIBC_CLASSES));
        return sources;
    }

    private static List<JavaFileObject> sources(String packageName, Path folder, List<String> classes) {
        List<JavaFileObject> sources = new ArrayList<>();
        for (String name : classes) {
            try {
                sources.add(JavaFileObjects.forSourceString(
                        packageName + "." + name, Files.readString(folder.resolve(name + ".java"))));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return sources;
    }
}
