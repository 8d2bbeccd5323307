package io.kvm4j.headers.extraction;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.snapshot.Header;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Copies of the headers to read and of all that they include, in a directory of their own where nothing else can be
 * found by mistake, with the flags that make clang compile for the architecture.
 */
public final class StagedHeaders {
    private static final Pattern INCLUDE = Pattern.compile("(?m)^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]");

    private final Path directory;
    private final List<String> named;
    private final Map<String, byte[]> contents;

    private StagedHeaders(Path directory, List<String> named, Map<String, byte[]> contents) {
        this.directory = directory;
        this.named = named;
        this.contents = contents;
    }

    /**
     * Copies headers.
     *
     * @param named the headers to read, as an {@code #include} spells them
     * @param directory an empty directory
     * @throws HeadersException with {@link Problem#HEADERS_MISSING} if a named header is not there; what it includes
     *     may be missing, since the line may not be compiled
     */
    public static StagedHeaders copy(HeaderTree tree, Architecture architecture, List<String> named, Path directory) {
        Map<String, byte[]> contents = new TreeMap<>();
        named.forEach(path -> contents.put(path, tree.read(path)));
        Deque<String> pending = new ArrayDeque<>(named);
        while (!pending.isEmpty()) {
            String path = pending.remove();
            for (String included : includes(path, contents.getOrDefault(path, new byte[0]))) {
                if (!contents.containsKey(included) && tree.has(included)) {
                    contents.put(included, tree.read(included));
                    pending.add(included);
                }
            }
        }
        StagedHeaders staged = new StagedHeaders(directory, List.copyOf(named), contents);
        staged.write(architecture);
        return staged;
    }

    /**
     * The headers that a header may include, also by a path that starts at its own directory. The kernel's are all in
     * directories. A tree that is a machine's whole /usr/include has the C library's as well; what the kernel's need of
     * those, such as stdint.h, clang brings.
     */
    private static Set<String> includes(String path, byte[] content) {
        Set<String> includes = new TreeSet<>();
        Matcher matcher = INCLUDE.matcher(new String(content, StandardCharsets.UTF_8));
        while (matcher.find()) {
            String included = matcher.group(1);
            if (included.indexOf('\0') >= 0) {
                continue;
            }
            Path sibling = Path.of(path).resolveSibling(included).normalize();
            for (Path candidate : List.of(Path.of(included).normalize(), sibling)) {
                if (HeaderPath.isValid(candidate.toString())) {
                    includes.add(candidate.toString());
                }
            }
        }
        return includes;
    }

    private void write(Architecture architecture) {
        try {
            for (Map.Entry<String, byte[]> header : contents.entrySet()) {
                Path file = directory.resolve(HeaderPath.check(header.getKey()));
                Files.createDirectories(file.getParent());
                Files.write(file, header.getValue(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            }
            Files.writeString(
                    directory.resolve("compile_flags.txt"), "--target=" + architecture.triple() + "\n-nostdinc\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the copies are. */
    public Path directory() {
        return directory;
    }

    /** The lines that include the named headers. */
    String includeLines() {
        return named.stream().map(path -> "#include <" + path + ">\n").collect(Collectors.joining());
    }

    /** The headers whose declarations belong to the snapshot: the named ones and their counterparts under asm/. */
    public Set<String> selected() {
        Set<String> selected = new TreeSet<>(named);
        named.stream()
                .map(path -> "asm/" + Path.of(path).getFileName())
                .filter(contents::containsKey)
                .forEach(selected::add);
        return selected;
    }

    /** The text of a header. */
    String text(String path) {
        return new String(contents.getOrDefault(path, new byte[0]), StandardCharsets.UTF_8);
    }

    /** The texts of all headers, in the order of their paths. */
    List<String> texts() {
        return contents.keySet().stream().map(this::text).toList();
    }

    /** A header with its digest. */
    Header digest(String path) {
        return HeaderTree.digest(path, contents.getOrDefault(path, new byte[0]));
    }
}
