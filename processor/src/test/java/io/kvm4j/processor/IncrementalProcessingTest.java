package io.kvm4j.processor;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds the processor to what it promises to Gradle, that it aggregates: given the specs as class files, which is what
 * Gradle does with those that did not change, it writes the same code as from their sources.
 */
class IncrementalProcessingTest {
    private static final String PROMISE = "META-INF/gradle/incremental.annotation.processors";
    private static final String SERVICE = "META-INF/services/javax.annotation.processing.Processor";

    @TempDir
    private Path directory;

    @Test
    void promisesThatEveryProcessorAggregates() throws IOException {
        List<String> processors = resource(SERVICE).lines().toList();
        assertThat(resource(PROMISE).lines().toList())
                .containsExactlyElementsIn(
                        processors.stream().map(p -> p + ",aggregating").toList());
    }

    @Test
    void annotationsAreKeptInClassFiles() throws Exception {
        Path annotations = Path.of("src/main/java/io/kvm4j/processor/annotations");
        List<String> names;
        try (Stream<Path> files = Files.list(annotations)) {
            names = files.map(f -> f.getFileName().toString().replace(".java", ""))
                    .filter(n -> !n.equals("package-info"))
                    .sorted()
                    .toList();
        }
        assertThat(names).contains("Ioctls");
        for (String name : names) {
            Class<?> type = Class.forName("io.kvm4j.processor.annotations." + name);
            if (type.isAnnotation()) {
                Retention retention = type.getAnnotation(Retention.class);
                assertWithMessage(name).that(retention).isNotNull();
                assertWithMessage(name).that(retention.value()).isNotEqualTo(RetentionPolicy.SOURCE);
            }
        }
    }

    @Test
    void writesTheSameFromClassFilesOfSpecs() throws IOException {
        List<JavaFileObject> specs = List.of(Driver.specs());
        Path classes = Files.createDirectory(directory.resolve("classes"));
        Path fromSources = Files.createDirectory(directory.resolve("from-sources"));
        Path fromClasses = Files.createDirectory(directory.resolve("from-classes"));
        List<JavaFileObject> sources = new ArrayList<>(specs);
        sources.addAll(SpecCompiler.support());
        compile(List.of("-parameters"), classes, fromSources, List.of(), sources);
        Map<String, String> expected = sourcesIn(fromSources);
        assertThat(expected).isNotEmpty();
        for (String generated : expected.keySet()) {
            deleteClassesOf(classes, generated.replace(".java", ""));
        }
        // javac takes no package by its class file, so Gradle gives it the sources of these.
        Map<Boolean, List<JavaFileObject>> isPackage = specs.stream()
                .collect(Collectors.partitioningBy(s -> s.getName().endsWith("package-info.java")));
        List<String> names = isPackage.get(false).stream()
                .map(s ->
                        s.getName().replaceFirst("^/", "").replace(".java", "").replace('/', '.'))
                .toList();
        compile(List.of("-proc:only"), classes, fromClasses, names, isPackage.get(true));
        assertThat(sourcesIn(fromClasses)).containsExactlyEntriesIn(expected);
    }

    private static void compile(
            List<String> options, Path classes, Path sources, List<String> names, List<JavaFileObject> units)
            throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter log = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
            files.setLocationFromPaths(StandardLocation.SOURCE_OUTPUT, List.of(sources));
            List<Path> path = Stream.concat(
                            Stream.of(classes),
                            Stream.of(System.getProperty("java.class.path").split(":"))
                                    .map(Path::of))
                    .toList();
            files.setLocationFromPaths(StandardLocation.CLASS_PATH, path);
            List<String> all = new ArrayList<>(options);
            all.add("-Akvm4j.snapshot=" + SpecCompiler.SNAPSHOT);
            all.add("-Xlint:-options");
            JavaCompiler.CompilationTask task = compiler.getTask(log, files, null, all, names, units);
            task.setProcessors(List.of(new UapiProcessor()));
            boolean succeeded = task.call();
            assertWithMessage(log.toString()).that(succeeded).isTrue();
        }
    }

    /** Reads sources without their Javadoc: class files hold none. */
    private static Map<String, String> sourcesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            Map<String, String> sources = new TreeMap<>();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String code = Files.readString(file).replaceAll("(?s)/\\*\\*.*?\\*/\\s*", "");
                sources.put(directory.relativize(file).toString(), code);
            }
            return sources;
        }
    }

    private static void deleteClassesOf(Path classes, String type) throws IOException {
        Path own = classes.resolve(type);
        String name = own.getFileName().toString();
        try (Stream<Path> files = Files.list(own.getParent())) {
            for (Path file : files.toList()) {
                String other = file.getFileName().toString();
                if (other.equals(name + ".class") || other.startsWith(name + "$")) {
                    Files.delete(file);
                }
            }
        }
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = UapiProcessor.class.getClassLoader().getResourceAsStream(name)) {
            assertWithMessage(name).that(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
