package io.kvm4j.headers.jextract;

import io.kvm4j.snapshot.RecordKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which header declares what, as {@code jextract --dump-includes} tells. */
public final class DumpedIncludes {
    private static final Pattern LINE = Pattern.compile("--include-(\\w+) (\\S+) +# header: (.*)");

    private final Map<String, Path> headers;

    private DumpedIncludes(Map<String, Path> headers) {
        this.headers = Map.copyOf(headers);
    }

    /**
     * Reads a dump.
     *
     * @param dump the file that jextract wrote
     * @param root the directory that the headers' paths are told relative to
     */
    public static DumpedIncludes read(Path dump, Path root) {
        try {
            Map<String, Path> headers = new HashMap<>();
            for (String line : Files.readAllLines(dump)) {
                Matcher match = LINE.matcher(line);
                if (match.matches()) {
                    Path header = root.relativize(Path.of(match.group(3)));
                    headers.put(match.group(1) + " " + match.group(2), header);
                    headers.putIfAbsent(match.group(2), header);
                }
            }
            return new DumpedIncludes(headers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The header that gives a macro or a file scope enumerator its value, as an {@code #include} spells it. */
    public Optional<String> ofConstant(String name) {
        return header("constant " + name, name);
    }

    /** The header that declares a struct or union, by its kind and tag, as an {@code #include} spells it. */
    public Optional<String> ofRecord(RecordKind kind, String tag) {
        return header(kind.keyword() + " " + tag, tag);
    }

    /** Of two declarations with one name in one header the dump tells only one, so the name alone has to do then. */
    private Optional<String> header(String key, String name) {
        return Optional.ofNullable(headers.getOrDefault(key, headers.get(name))).map(Path::toString);
    }
}
