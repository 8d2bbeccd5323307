package io.kvm4j.snapshot;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Takes the entries of one JSON object by key and kind, and says in {@link #finish} which ones nobody took. */
final class JsonObject {
    private static final int MOST_KEYS = 3;
    private static final BigInteger LARGEST = BigInteger.valueOf(Limits.BYTES);

    private final String source;
    private final String what;
    private final JsonNode.Obj object;
    private final Set<String> left;

    private JsonObject(String source, String what, JsonNode.Obj object) {
        this.source = source;
        this.what = what;
        this.object = object;
        this.left = new LinkedHashSet<>(object.entries().keySet());
    }

    /**
     * Expects a value to be an object.
     *
     * @param what what the object stands for, as messages call it
     */
    static JsonObject of(String source, String what, JsonNode node) throws SnapshotFormatException {
        if (node instanceof JsonNode.Obj object) {
            return new JsonObject(source, what, object);
        }
        throw new SnapshotFormatException(
                source, node.line(), "expected " + what + " as an object, found " + node.kind());
    }

    boolean has(String key) {
        return object.entries().containsKey(key);
    }

    String text(String key) throws SnapshotFormatException {
        if (take(key) instanceof JsonNode.Text text) {
            return text.value();
        }
        throw unexpected(key, "a string");
    }

    /** A text that may become part of generated code. */
    String text(String key, Spelling spelling) throws SnapshotFormatException {
        String text = text(key);
        if (!spelling.matches(text)) {
            throw unexpected(key, spelling.description());
        }
        return text;
    }

    BigInteger number(String key) throws SnapshotFormatException {
        if (take(key) instanceof JsonNode.Int number) {
            return number.value();
        }
        throw unexpected(key, "an integer");
    }

    /** A size, an offset or the like: an integer from 0 up to the largest size there is. */
    long count(String key) throws SnapshotFormatException {
        if (!(take(key) instanceof JsonNode.Int(int _, BigInteger value)) || value.signum() < 0) {
            throw unexpected(key, "a non-negative integer");
        }
        if (value.compareTo(LARGEST) > 0) {
            throw unexpected(key, "an integer of at most " + LARGEST);
        }
        return value.longValue();
    }

    List<JsonNode> array(String key) throws SnapshotFormatException {
        if (take(key) instanceof JsonNode.Arr array) {
            return array.elements();
        }
        throw unexpected(key, "an array");
    }

    List<String> texts(String key, Spelling spelling) throws SnapshotFormatException {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : array(key)) {
            if (!(element instanceof JsonNode.Text text)) {
                throw new SnapshotFormatException(
                        source, element.line(), "expected a string in \"" + key + "\", found " + element.kind());
            }
            if (!spelling.matches(text.value())) {
                throw new SnapshotFormatException(
                        source,
                        element.line(),
                        "expected " + spelling.description() + " in \"" + key + "\", found " + element.kind());
            }
            texts.add(text.value());
        }
        return texts;
    }

    List<Long> counts(String key) throws SnapshotFormatException {
        List<Long> counts = new ArrayList<>();
        for (JsonNode element : array(key)) {
            if (!(element instanceof JsonNode.Int(int _, BigInteger value)) || value.signum() < 0) {
                throw new SnapshotFormatException(
                        source,
                        element.line(),
                        "expected a non-negative integer in \"" + key + "\", found " + element.kind());
            }
            if (value.compareTo(LARGEST) > 0) {
                throw new SnapshotFormatException(
                        source,
                        element.line(),
                        "expected an integer of at most " + LARGEST + " in \"" + key + "\", found " + element.kind());
            }
            counts.add(value.longValue());
        }
        return counts;
    }

    SnapshotFormatException problem(String message) {
        return new SnapshotFormatException(source, object.line(), message + " in " + what);
    }

    /** Ends the reading of this object: a key that was not asked for is an error. */
    void finish() throws SnapshotFormatException {
        if (!left.isEmpty()) {
            throw problem("unknown key "
                    + left.stream()
                            .limit(MOST_KEYS)
                            .map(key -> "\"" + SnapshotText.quotable(key) + "\"")
                            .collect(Collectors.joining(", ")));
        }
    }

    private @Nullable JsonNode take(String key) {
        left.remove(key);
        return object.entries().get(key);
    }

    private SnapshotFormatException unexpected(String key, String expected) {
        JsonNode found = object.entries().get(key);
        return found == null
                ? problem("expected \"" + key + "\" with " + expected)
                : new SnapshotFormatException(
                        source,
                        found.line(),
                        "expected " + expected + " for \"" + key + "\" in " + what + ", found " + found.kind());
    }
}
