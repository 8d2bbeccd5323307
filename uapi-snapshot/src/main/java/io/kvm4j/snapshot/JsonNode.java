package io.kvm4j.snapshot;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** A parsed JSON value that knows its line, which Jackson's own tree does not. */
sealed interface JsonNode {

    /** The line that the value starts on, from 1. */
    int line();

    /** What to call the value in a message, for example {@code an object}. */
    String kind();

    record Obj(int line, Map<String, JsonNode> entries) implements JsonNode {
        @Override
        public String kind() {
            return "an object";
        }
    }

    record Arr(int line, List<JsonNode> elements) implements JsonNode {
        @Override
        public String kind() {
            return "an array";
        }
    }

    record Text(int line, String value) implements JsonNode {
        @Override
        public String kind() {
            return "the string \"" + SnapshotText.quotable(value) + "\"";
        }
    }

    record Int(int line, BigInteger value) implements JsonNode {
        @Override
        public String kind() {
            return "the number " + SnapshotText.quotable(value.toString());
        }
    }

    /** A value of a kind that snapshots don't use: a fraction, true, false or null. */
    record Other(int line, String text) implements JsonNode {
        @Override
        public String kind() {
            return SnapshotText.quotable(text);
        }
    }
}
