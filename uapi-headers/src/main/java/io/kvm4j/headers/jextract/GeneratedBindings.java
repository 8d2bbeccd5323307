package io.kvm4j.headers.jextract;

import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.headers.jextract.GeneratedCode.Snippet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.GroupLayout;
import java.lang.reflect.Method;
import java.math.BigInteger;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What one run of jextract generated.
 *
 * <p>Names and values are taken from the C declarations in the Javadoc, never from Java's names, which jextract changes
 * where Java forbids them.
 */
public final class GeneratedBindings {
    /** The package that jextract is told to generate into. */
    public static final String PACKAGE = "generated";

    /** The name of the class that jextract is told to generate for the header, and a prefix of those it is split into. */
    public static final String HEADER_CLASS = "Kvm4jHeader";

    private static final Pattern CONSTANT =
            Pattern.compile("(?:#define (\\w+)|enum (?:\\w+|<anonymous>)\\.(\\w+) =) (-?\\d+)");

    private final GeneratedCode code;
    private final Path directory;
    private final List<Snippet> snippets;

    /**
     * Reads what stands in a directory.
     *
     * @param directory what jextract was given as {@code --output}
     */
    public GeneratedBindings(Path directory) {
        this.directory = directory;
        this.code = new GeneratedCode(directory);
        this.snippets = code.snippets();
    }

    /**
     * A type that jextract made a class for.
     *
     * @param javaName the simple name of the class
     * @param declaration the C declaration of a struct, union or typedef
     */
    public record GeneratedType(String javaName, String declaration) {}

    /** The types, in the order of their classes' names. */
    public List<GeneratedType> types() {
        return snippets.stream()
                .filter(snippet -> snippet.onClass() && !isHeaderClass(snippet))
                .map(snippet -> new GeneratedType(snippet.owner(), snippet.text()))
                .toList();
    }

    /** The typedefs of scalars and pointers, which jextract makes no class for. */
    public List<String> typedefs() {
        return snippets.stream()
                .filter(snippet -> isHeaderClass(snippet) && snippet.text().startsWith("typedef "))
                .map(Snippet::text)
                .toList();
    }

    /**
     * The macros and enumerators with an integer value, in the order of their names. The value is what 64 bits hold of
     * it, read as signed: the type is lost.
     */
    public Map<String, BigInteger> constants() {
        return snippets.stream()
                .filter(GeneratedBindings::isHeaderClass)
                .map(snippet -> CONSTANT.matcher(snippet.text()))
                .filter(Matcher::matches)
                .collect(Collectors.toMap(
                        match -> match.group(1) == null ? match.group(2) : match.group(1),
                        match -> new BigInteger(match.group(3)),
                        (first, _) -> first,
                        TreeMap::new));
    }

    private static boolean isHeaderClass(Snippet snippet) {
        return snippet.owner().startsWith(HEADER_CLASS);
    }

    /**
     * Compiles the generated classes.
     *
     * @param classes an empty directory
     * @return javac's first error, if there is any
     */
    public Optional<String> compile(Path classes) {
        return code.compile(classes);
    }

    /**
     * Asks each compiled class for the size of its layout, in bytes. A class that does not initialize, as
     * jextract makes them for arrays of array types, has none.
     *
     * @param classes the directory that the classes were compiled into
     * @return the sizes by the simple name of the class
     */
    public Map<String, OptionalLong> layoutSizes(Path classes) {
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()}, null)) {
            Map<String, OptionalLong> sizes = new TreeMap<>();
            for (GeneratedType type : types()) {
                if (type.declaration().startsWith("struct")
                        || type.declaration().startsWith("union")) {
                    sizes.put(type.javaName(), layoutSize(loader, type.javaName()));
                }
            }
            return sizes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private OptionalLong layoutSize(ClassLoader loader, String javaName) {
        try {
            Method layout = loader.loadClass(PACKAGE + "." + javaName).getMethod("layout");
            return OptionalLong.of(((GroupLayout) layout.invoke(null)).byteSize());
        } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
            return OptionalLong.empty();
        } catch (ReflectiveOperationException e) {
            throw new HeadersException(
                    Problem.CONTRADICTION,
                    "jextract's class " + javaName + " in " + directory
                            + " has no layout; is this jextract of another version?",
                    e);
        }
    }
}
