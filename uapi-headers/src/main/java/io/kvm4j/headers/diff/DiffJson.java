package io.kvm4j.headers.diff;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvm4j.headers.diff.Difference.Subject;
import java.util.List;
import java.util.Locale;

/** A diff as JSON, for programs. */
public final class DiffJson {
    private DiffJson() {}

    /**
     * The JSON text: an object with {@code before}, {@code after}, {@code architectures}, {@code differences} and
     * {@code tasks}.
     */
    public static String of(SetDiff diff) {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        root.put("before", diff.before()).put("after", diff.after());
        strings(root.putArray("architectures"), diff.architectures());
        ArrayNode differences = root.putArray("differences");
        for (Subject subject : SetDiff.subjects()) {
            for (SetDiff.Entry entry : diff.entries(subject)) {
                ObjectNode node = difference(differences.addObject(), entry.difference());
                strings(node.putArray("architectures"), entry.architectures());
                if (subject == Subject.RECORD) {
                    ArrayNode fields = node.putArray("fields");
                    entry.difference().fields().forEach(field -> difference(fields.addObject(), field));
                }
            }
        }
        ArrayNode tasks = root.putArray("tasks");
        for (SpecTask task : SpecTask.of(diff)) {
            tasks.addObject()
                    .put("kind", task.kind().name().toLowerCase(Locale.ROOT))
                    .put("work", task.kind().isWork())
                    .put("name", task.name())
                    .put("text", task.text());
        }
        try {
            return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of strings is always JSON", e);
        }
    }

    private static ObjectNode difference(ObjectNode node, Difference difference) {
        return node.put("subject", difference.subject().label())
                .put("change", difference.change().label())
                .put("name", difference.name())
                .put("header", difference.header())
                .put("before", difference.before())
                .put("after", difference.after());
    }

    private static void strings(ArrayNode array, List<String> strings) {
        strings.forEach(array::add);
    }
}
