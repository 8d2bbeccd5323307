package io.kvm4j.headers.snapshot;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
            return "the string \"" + value + "\"";
        }
    }

    record Int(int line, BigInteger value) implements JsonNode {
        @Override
        public String kind() {
            return "the number " + value;
        }
    }

    /** A value of a kind that snapshots don't use: a fraction, true, false or null. */
    record Other(int line, String text) implements JsonNode {
        @Override
        public String kind() {
            return text;
        }
    }

    /** Parses a text that holds one JSON value. */
    static JsonNode parse(String text, String source) throws SnapshotFormatException {
        JsonFactory factory = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        try (JsonParser parser = factory.createParser(text)) {
            JsonNode node = value(parser, parser.nextToken());
            if (parser.nextToken() != null) {
                throw new SnapshotFormatException(source, line(parser), "expected the end of the text");
            }
            return node;
        } catch (JsonParseException e) {
            throw new SnapshotFormatException(source, e.getLocation().getLineNr(), e.getOriginalMessage());
        } catch (SnapshotFormatException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode value(JsonParser parser, @Nullable JsonToken token) throws IOException {
        int line = line(parser);
        return switch (token) {
            case START_OBJECT -> new Obj(line, entries(parser));
            case START_ARRAY -> new Arr(line, elements(parser));
            case VALUE_STRING -> new Text(line, parser.getText());
            case VALUE_NUMBER_INT -> new Int(line, parser.getBigIntegerValue());
            case null -> new Other(line, "the end of the text");
            default -> new Other(line, parser.getText());
        };
    }

    private static Map<String, JsonNode> entries(JsonParser parser) throws IOException {
        Map<String, JsonNode> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            entries.put(name, value(parser, parser.nextToken()));
        }
        return entries;
    }

    private static List<JsonNode> elements(JsonParser parser) throws IOException {
        List<JsonNode> elements = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            elements.add(value(parser, token));
        }
        return elements;
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }
}
