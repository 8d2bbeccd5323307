package io.kvm4j.headers.jextract;

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
                    headers.put(match.group(1) + " " + match.group(2), root.relativize(Path.of(match.group(3))));
                }
            }
            return new DumpedIncludes(headers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The header that gives a macro or a file scope enumerator its value, as an {@code #include} spells it. */
    public Optional<String> ofConstant(String name) {
        return header("constant " + name);
    }

    /** The header that declares a struct or union, by its C type, as an {@code #include} spells it. */
    public Optional<String> ofRecord(String cType) {
        return header(cType);
    }

    private Optional<String> header(String key) {
        return Optional.ofNullable(headers.get(key)).map(Path::toString);
    }
}
