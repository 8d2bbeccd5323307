package io.kvm4j.snapshot;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses JSON into {@link JsonNode}s, within the {@link Limits} of snapshots. */
final class JsonReader {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(2 * Limits.JSON_DEPTH)
                    .maxNameLength(Limits.TEXT_LENGTH)
                    .maxStringLength(Limits.TEXT_LENGTH)
                    .maxNumberLength(Limits.DIGITS)
                    .build())
            .build();

    private final String source;
    private int values;

    JsonReader(String source) {
        this.source = source;
    }

    /** Parses a text that holds one JSON value. */
    JsonNode read(String text) throws SnapshotFormatException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            try {
                JsonNode node = value(parser, parser.nextToken(), 0);
                if (parser.nextToken() != null) {
                    throw new SnapshotFormatException(source, line(parser), "expected the end of the text");
                }
                return node;
            } catch (JsonParseException e) {
                throw new SnapshotFormatException(
                        source, e.getLocation().getLineNr(), SnapshotText.quotable(e.getOriginalMessage()), e);
            } catch (JsonProcessingException e) {
                throw new SnapshotFormatException(
                        source, parser.currentLocation().getLineNr(), "a key, text or number is too long", e);
            }
        } catch (SnapshotFormatException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode value(JsonParser parser, @Nullable JsonToken token, int depth) throws IOException {
        int line = line(parser);
        if (depth > Limits.JSON_DEPTH) {
            throw new SnapshotFormatException(
                    source, line, "values lie more than " + Limits.JSON_DEPTH + " deep in each other");
        }
        if (++values > Limits.JSON_VALUES) {
            throw new SnapshotFormatException(source, line, "more than " + Limits.JSON_VALUES + " values");
        }
        return switch (token) {
            case START_OBJECT -> new JsonNode.Obj(line, entries(parser, depth));
            case START_ARRAY -> new JsonNode.Arr(line, elements(parser, depth));
            case VALUE_STRING -> new JsonNode.Text(line, parser.getText());
            case VALUE_NUMBER_INT -> new JsonNode.Int(line, parser.getBigIntegerValue());
            case null -> new JsonNode.Other(line, "the end of the text");
            default -> new JsonNode.Other(line, parser.getText());
        };
    }

    private Map<String, JsonNode> entries(JsonParser parser, int depth) throws IOException {
        Map<String, JsonNode> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            entries.put(name, value(parser, parser.nextToken(), depth + 1));
        }
        return entries;
    }

    private List<JsonNode> elements(JsonParser parser, int depth) throws IOException {
        List<JsonNode> elements = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            elements.add(value(parser, token, depth + 1));
        }
        return elements;
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }
}
