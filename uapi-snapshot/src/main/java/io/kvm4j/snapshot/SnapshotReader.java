package io.kvm4j.snapshot;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Makes a snapshot of parsed JSON. */
final class SnapshotReader {
    /** The C types of constants, with size and signedness. */
    private static final Map<String, MemberType.Integer> CONSTANT_TYPES = Map.of(
            "int", new MemberType.Integer("int", 4, true),
            "unsigned int", new MemberType.Integer("unsigned int", 4, false),
            "long", new MemberType.Integer("long", 8, true),
            "unsigned long", new MemberType.Integer("unsigned long", 8, false));

    private final String source;
    private RecordPlaces places = new RecordPlaces("");
    private int members;

    SnapshotReader(String source) {
        this.source = source;
    }

    Snapshot read(JsonNode node) throws SnapshotFormatException {
        JsonObject object = JsonObject.of(source, "a snapshot", node);
        String headerSet = object.text("headerSet", Spelling.HEADER_SET);
        String architecture = object.text("architecture", Spelling.ARCHITECTURE);
        places = new RecordPlaces(architecture);
        List<Header> headers = each(array(object, "headers", Limits.HEADERS), "a header", this::header);
        List<JsonNode> recordNodes = array(object, "records", Limits.RECORDS);
        List<RecordType> records = each(recordNodes, "a record", this::recordType);
        List<JsonNode> constantNodes = array(object, "constants", Limits.CONSTANTS);
        List<Constant> constants = each(constantNodes, "a constant", this::constant);
        List<JsonNode> ioctlNodes = array(object, "ioctls", Limits.CONSTANTS);
        List<Ioctl> ioctls = each(ioctlNodes, "an ioctl", this::ioctl);
        array(object, "unavailableIoctls", Limits.CONSTANTS);
        List<String> unavailable = object.texts("unavailableIoctls", Spelling.IDENTIFIER);
        object.finish();
        requireUnique("record", recordNodes, records, RecordType::name);
        new Embedding(source, records, recordNodes.stream().map(JsonNode::line).toList()).check();
        requireUnique("constant", constantNodes, constants, Constant::name);
        requireUnique("ioctl", ioctlNodes, ioctls, Ioctl::name);
        requireConstants(ioctlNodes, ioctls, constants);
        return new Snapshot(headerSet, architecture, headers, records, constants, ioctls, unavailable);
    }

    private List<JsonNode> array(JsonObject object, String key, int most) throws SnapshotFormatException {
        List<JsonNode> elements = object.array(key);
        if (elements.size() > most) {
            throw new SnapshotFormatException(
                    source,
                    elements.get(most).line(),
                    "more than %d %s, which is more than one Java program can hold: there are %d"
                            .formatted(most, key, elements.size()));
        }
        return elements;
    }

    private Header header(JsonObject object) throws SnapshotFormatException {
        return new Header(object.text("path", Spelling.HEADER), object.text("sha256", Spelling.DIGEST));
    }

    private RecordType recordType(JsonObject object) throws SnapshotFormatException {
        String name = object.text("name", Spelling.IDENTIFIER);
        RecordKind kind = recordKind(object, "kind");
        String header = object.text("header", Spelling.HEADER);
        long size = object.count("size");
        long alignment = object.count("alignment");
        RecordScope scope = new RecordScope(name, source);
        RecordType record =
                new RecordType(name, kind, header, size, alignment, members(object, scope, name.length(), 1));
        places.check(object, kind, size, alignment, record.members());
        members += scope.members();
        if (members > Limits.ALL_MEMBERS) {
            throw object.problem("the members of all records together are more than " + Limits.ALL_MEMBERS);
        }
        return record;
    }

    private List<Member> members(JsonObject object, RecordScope scope, int nameLength, int depth)
            throws SnapshotFormatException {
        List<JsonNode> nodes = object.array("members");
        scope.enter(nodes, depth);
        return each(nodes, "a member", o -> member(o, scope, nameLength, depth));
    }

    private Member member(JsonObject object, RecordScope scope, int nameLength, int depth)
            throws SnapshotFormatException {
        String name = object.has("name") ? object.text("name", Spelling.IDENTIFIER) : "";
        long offset = object.count("offset");
        long size = object.count("size");
        List<Long> dimensions = object.has("dimensions") ? object.counts("dimensions") : List.of();
        BitRange bits = object.has("bits") ? bits(object) : BitRange.NONE;
        long elementSize = dimensions.isEmpty() ? size : object.count("elementSize");
        MemberType type = memberType(object, elementSize, scope, nameLength + name.length(), depth);
        if (!dimensions.isEmpty()) {
            checkArray(object, size, elementSize, dimensions);
        }
        if (bits.isBitField() && (!dimensions.isEmpty() || !(type instanceof MemberType.Integer))) {
            throw object.problem("only an integer can have \"bits\"");
        }
        if (bits.shift() + bits.width() > size * Byte.SIZE) {
            throw object.problem("bits %d to %d are not within the %d bits of their unit"
                    .formatted(bits.shift(), bits.shift() + bits.width() - 1, size * Byte.SIZE));
        }
        if (name.isEmpty() && !(type instanceof MemberType.Inline && dimensions.isEmpty())) {
            throw object.problem("only a struct or union that is declared in place can be without a name");
        }
        scope.declare(object, name);
        return new Member(name, type, offset, size, dimensions, bits);
    }

    private static void checkArray(JsonObject object, long size, long elementSize, List<Long> dimensions)
            throws SnapshotFormatException {
        if (dimensions.size() > Limits.DIMENSIONS) {
            throw object.problem("more than " + Limits.DIMENSIONS + " dimensions");
        }
        if (elementSize == 0) {
            throw object.problem("elements of no size");
        }
        if (dimensions.lastIndexOf(0L) > 0) {
            throw object.problem("only the first dimension can be 0");
        }
        long product = elementSize;
        long elements = 1;
        for (long dimension : dimensions) {
            product *= dimension;
            elements *= Math.max(1, dimension);
            if (elements > Limits.BYTES || product > Limits.BYTES) {
                throw object.problem("an array of more than " + Limits.BYTES + " elements or bytes");
            }
        }
        if (size != product) {
            throw object.problem("expected a size of " + product + " for the array, found " + size);
        }
    }

    private MemberType memberType(JsonObject object, long size, RecordScope scope, int nameLength, int depth)
            throws SnapshotFormatException {
        if (object.has("unsigned")) {
            return new MemberType.Integer(object.text("unsigned", Spelling.TYPE), scalar(object, size, 16), false);
        }
        if (object.has("signed")) {
            return new MemberType.Integer(object.text("signed", Spelling.TYPE), scalar(object, size, 16), true);
        }
        if (object.has("pointer")) {
            return new MemberType.Pointer(object.text("pointer", Spelling.TYPE), scalar(object, size, 8));
        }
        if (object.has("struct")) {
            return new MemberType.Named(RecordKind.STRUCT, object.text("struct", Spelling.IDENTIFIER), size);
        }
        if (object.has("union")) {
            return new MemberType.Named(RecordKind.UNION, object.text("union", Spelling.IDENTIFIER), size);
        }
        if (object.has("inline")) {
            RecordKind kind = recordKind(object, "inline");
            long alignment = object.count("alignment");
            scope.requireNames(object, nameLength);
            List<Member> members = members(object, object.has("name") ? scope.inner() : scope, nameLength, depth + 1);
            places.check(object, kind, size, alignment, members);
            return new MemberType.Inline(kind, size, alignment, members);
        }
        throw object.problem(
                "expected one of \"unsigned\", \"signed\", \"pointer\", \"struct\", \"union\" or \"inline\"");
    }

    private static long scalar(JsonObject object, long size, long most) throws SnapshotFormatException {
        if (size < 1 || size > most || Long.bitCount(size) != 1) {
            throw object.problem("no integer or pointer takes " + size + " bytes");
        }
        return size;
    }

    private static BitRange bits(JsonObject object) throws SnapshotFormatException {
        List<Long> bits = object.counts("bits");
        if (bits.size() != 2 || bits.get(0) >= 128 || bits.get(1) < 1 || bits.get(1) > 128) {
            throw object.problem("expected \"bits\" as [shift, width]");
        }
        return new BitRange(bits.get(0).intValue(), bits.get(1).intValue());
    }

    private static RecordKind recordKind(JsonObject object, String key) throws SnapshotFormatException {
        String keyword = object.text(key);
        for (RecordKind kind : RecordKind.values()) {
            if (kind.keyword().equals(keyword)) {
                return kind;
            }
        }
        throw object.problem("expected \"struct\" or \"union\" for \"" + key + "\", found \""
                + SnapshotText.quotable(keyword) + "\"");
    }

    private Constant constant(JsonObject object) throws SnapshotFormatException {
        String typeName = object.text("type");
        MemberType.Integer type = CONSTANT_TYPES.get(typeName);
        if (type == null) {
            throw object.problem("expected one of the types "
                    + CONSTANT_TYPES.keySet().stream().sorted().toList() + ", found \""
                    + SnapshotText.quotable(typeName) + "\"");
        }
        BigInteger value = object.number("value");
        boolean fits = type.signed()
                ? value.bitLength() < type.size() * Byte.SIZE
                : value.signum() >= 0 && value.bitLength() <= type.size() * Byte.SIZE;
        if (!fits) {
            throw object.problem("the value " + value + " does not fit the type " + typeName);
        }
        return new Constant(
                object.text("name", Spelling.CONSTANT),
                object.text("header", Spelling.HEADER),
                value,
                (int) type.size(),
                type.signed());
    }

    private Ioctl ioctl(JsonObject object) throws SnapshotFormatException {
        return new Ioctl(
                object.text("name", Spelling.CONSTANT),
                object.has("argument") ? object.text("argument", Spelling.TYPE) : "",
                object.has("capabilities") ? object.texts("capabilities", Spelling.CAPABILITY) : List.of());
    }

    private <T> void requireUnique(String what, List<JsonNode> nodes, List<T> entries, Function<T, String> name)
            throws SnapshotFormatException {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < entries.size(); i++) {
            if (!seen.add(name.apply(entries.get(i)))) {
                throw new SnapshotFormatException(
                        source,
                        nodes.get(i).line(),
                        "two entries for the " + what + " " + name.apply(entries.get(i)) + " in a snapshot");
            }
        }
    }

    private void requireConstants(List<JsonNode> nodes, List<Ioctl> ioctls, List<Constant> constants)
            throws SnapshotFormatException {
        Set<String> names = constants.stream().map(Constant::name).collect(Collectors.toSet());
        for (int i = 0; i < ioctls.size(); i++) {
            if (!names.contains(ioctls.get(i).name())) {
                throw new SnapshotFormatException(
                        source,
                        nodes.get(i).line(),
                        "no constant for the ioctl " + ioctls.get(i).name() + " in a snapshot");
            }
        }
    }

    private <T> List<T> each(List<JsonNode> nodes, String what, Part<T> part) throws SnapshotFormatException {
        List<T> parts = new ArrayList<>();
        for (JsonNode node : nodes) {
            JsonObject object = JsonObject.of(source, what, node);
            parts.add(part.read(object));
            object.finish();
        }
        return parts;
    }

    @FunctionalInterface
    private interface Part<T> {
        T read(JsonObject object) throws SnapshotFormatException;
    }
}
