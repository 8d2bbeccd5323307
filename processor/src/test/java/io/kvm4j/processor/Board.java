package io.kvm4j.processor;

import static io.kvm4j.processor.SpecCompiler.packageOf;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;

/** A made-up driver whose headers differ between three architectures, and its packages. */
final class Board {
    /** The snapshots of all three architectures. */
    static final Path SNAPSHOTS = Path.of("src/test/resources/board");

    private static final String UNCLAIMED =
            "@Unclaimed(@Excuse(value = {\"BRD_SET_EQUAL\", \"BRD_RESET\"}, reason = \"test\"))";

    private Board() {}

    /** The snapshot of one architecture. */
    static Path snapshot(String architecture) {
        return SNAPSHOTS.resolve(architecture + ".json");
    }

    /** The neutral package, which keeps {@code brd_run}. */
    static JavaFileObject neutral() {
        return neutral("brd_run");
    }

    /** The neutral package, which keeps some record. */
    static JavaFileObject neutral(String kept) {
        return packageOf(
                "brd",
                "@UapiPackage(headers = \"linux/board.h\", constants = \"BrdConstants\", neutral = \"" + kept + "\")",
                UNCLAIMED);
    }

    /** The package of one architecture, {@code brd.<architecture>}. */
    static JavaFileObject architecture(String architecture, String... annotations) {
        return packageOf(
                "brd." + architecture,
                "@UapiPackage(headers = \"asm/board.h\", constants = \"ArchConstants\", architecture = \""
                        + architecture + "\")",
                annotations);
    }

    /** The neutral package and those of all three architectures. */
    static JavaFileObject[] packages(JavaFileObject... more) {
        List<JavaFileObject> all = new ArrayList<>(
                List.of(neutral(), architecture("x86_64"), architecture("aarch64"), architecture("riscv64")));
        all.addAll(List.of(more));
        return all.toArray(JavaFileObject[]::new);
    }

    /** A type in one of the packages: all lines after the imports. */
    static JavaFileObject type(String packageName, String name, String... lines) {
        List<String> all = new ArrayList<>(
                List.of("package " + packageName + ";", "import io.kvm4j.processor.annotations.*;", "import brd.*;"));
        all.addAll(List.of(lines));
        return JavaFileObjects.forSourceLines(packageName + "." + name, all);
    }

    /** Compiles against snapshots, in this order. */
    static Compilation compile(List<Path> snapshots, JavaFileObject... sources) {
        String paths = snapshots.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        return SpecCompiler.compile(List.of("-Akvm4j.snapshot=" + paths), sources);
    }

    /** Compiles against the snapshots of all three architectures. */
    static Compilation compile(JavaFileObject... sources) {
        return compile(List.of(SNAPSHOTS), sources);
    }

    /** The generated types, without the support classes. */
    static List<String> generated(Compilation c) {
        return Stream.of(c.generatedSourceFiles())
                .flatMap(List::stream)
                .map(f -> f.getName().replaceFirst("^/SOURCE_OUTPUT/brd/", "").replace(".java", ""))
                .sorted()
                .toList();
    }
}
