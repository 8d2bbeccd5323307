package io.kvm4j.headers.snapshot;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Makes a snapshot of parsed JSON. */
final class SnapshotReader {
    /** The C types of constants, with size and signedness. */
    private static final Map<String, MemberType.Integer> CONSTANT_TYPES = Map.of(
            "int", new MemberType.Integer("int", 4, true),
            "unsigned int", new MemberType.Integer("unsigned int", 4, false),
            "long", new MemberType.Integer("long", 8, true),
            "unsigned long", new MemberType.Integer("unsigned long", 8, false));

    private final String source;

    SnapshotReader(String source) {
        this.source = source;
    }

    Snapshot read(JsonNode node) throws SnapshotFormatException {
        JsonObject object = JsonObject.of(source, "a snapshot", node);
        Snapshot snapshot = new Snapshot(
                object.text("headerSet"),
                object.text("architecture"),
                each(object.array("headers"), "a header", this::header),
                each(object.array("records"), "a record", this::recordType),
                each(object.array("constants"), "a constant", this::constant),
                each(object.array("ioctls"), "an ioctl", this::ioctl),
                object.texts("unavailableIoctls"));
        object.finish();
        checkNames(object, "record", snapshot.records(), RecordType::name);
        for (RecordType record : snapshot.records()) {
            checkEmbedded(object, snapshot, record.cType(), record.members());
        }
        Set<String> constants = checkNames(object, "constant", snapshot.constants(), Constant::name);
        for (String ioctl : checkNames(object, "ioctl", snapshot.ioctls(), Ioctl::name)) {
            if (!constants.contains(ioctl)) {
                throw object.problem("no constant for the ioctl " + ioctl);
            }
        }
        return snapshot;
    }

    private Header header(JsonObject object) throws SnapshotFormatException {
        return new Header(object.text("path"), object.text("sha256"));
    }

    private RecordType recordType(JsonObject object) throws SnapshotFormatException {
        RecordType record = new RecordType(
                object.text("name"),
                recordKind(object, "kind"),
                object.text("header"),
                object.count("size"),
                object.count("alignment"),
                each(object.array("members"), "a member", this::member));
        checkPlaces(object, record.kind(), record.size(), record.members());
        return record;
    }

    /** Checks that members lie within their record, and in a struct behind one another. */
    private static void checkPlaces(JsonObject object, RecordKind kind, long size, List<Member> members)
            throws SnapshotFormatException {
        long end = 0;
        for (Member member : members) {
            String name = member.isAnonymous() ? "an anonymous member" : "\"" + member.name() + "\"";
            BitRange bits = member.bits();
            long taken = bits.isBitField() ? Math.ceilDiv(bits.shift() + bits.width(), Byte.SIZE) : member.size();
            if (taken > size || member.offset() > size - taken) {
                throw object.problem("%s at offset %d is not within the %d bytes of its %s"
                        .formatted(name, member.offset(), size, kind.keyword()));
            }
            boolean overlaps = kind == RecordKind.UNION ? member.offset() != 0 : member.offset() < end;
            if (overlaps && !bits.isBitField()) {
                throw object.problem("%s at offset %d overlaps what is before it".formatted(name, member.offset()));
            }
            end = bits.isBitField() ? end : member.offset() + member.size();
        }
    }

    /** Checks that records which others embed by value are there, and as large as they are said to be. */
    private static void checkEmbedded(JsonObject object, Snapshot snapshot, String owner, List<Member> members)
            throws SnapshotFormatException {
        for (Member member : members) {
            if (member.type() instanceof MemberType.Inline inline) {
                checkEmbedded(object, snapshot, owner, inline.members());
            } else if (member.type() instanceof MemberType.Named named) {
                long size = snapshot.record(named.name()).map(RecordType::size).orElse(-1L);
                if (size != named.size()) {
                    throw object.problem("\"%s\" of %s takes %d bytes, yet %s has %s"
                            .formatted(
                                    member.name(),
                                    owner,
                                    named.size(),
                                    named.spelling(),
                                    size < 0 ? "no entry" : String.valueOf(size)));
                }
            }
        }
    }

    private Member member(JsonObject object) throws SnapshotFormatException {
        String name = object.has("name") ? object.text("name") : "";
        long offset = object.count("offset");
        long size = object.count("size");
        List<Long> dimensions = object.has("dimensions") ? object.counts("dimensions") : List.of();
        BitRange bits = object.has("bits") ? bits(object) : BitRange.NONE;
        MemberType type = memberType(object, dimensions.isEmpty() ? size : object.count("elementSize"));
        if (!dimensions.isEmpty()) {
            checkArraySize(object, size, type.size(), dimensions);
        }
        return new Member(name, type, offset, size, dimensions, bits);
    }

    private static void checkArraySize(JsonObject object, long size, long elementSize, List<Long> dimensions)
            throws SnapshotFormatException {
        long product = elementSize;
        for (long dimension : dimensions) {
            product *= dimension;
        }
        if (size != product) {
            throw object.problem("expected a size of " + product + " for the array, found " + size);
        }
    }

    private MemberType memberType(JsonObject object, long size) throws SnapshotFormatException {
        if (object.has("unsigned")) {
            return new MemberType.Integer(object.text("unsigned"), scalar(object, size, 16), false);
        }
        if (object.has("signed")) {
            return new MemberType.Integer(object.text("signed"), scalar(object, size, 16), true);
        }
        if (object.has("pointer")) {
            return new MemberType.Pointer(object.text("pointer"), scalar(object, size, 8));
        }
        if (object.has("struct")) {
            return new MemberType.Named(RecordKind.STRUCT, object.text("struct"), size);
        }
        if (object.has("union")) {
            return new MemberType.Named(RecordKind.UNION, object.text("union"), size);
        }
        if (object.has("inline")) {
            MemberType.Inline inline = new MemberType.Inline(
                    recordKind(object, "inline"),
                    size,
                    object.count("alignment"),
                    each(object.array("members"), "a member", this::member));
            checkPlaces(object, inline.kind(), size, inline.members());
            return inline;
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
        throw object.problem("expected \"struct\" or \"union\" for \"" + key + "\", found \"" + keyword + "\"");
    }

    private Constant constant(JsonObject object) throws SnapshotFormatException {
        String typeName = object.text("type");
        MemberType.Integer type = CONSTANT_TYPES.get(typeName);
        if (type == null) {
            throw object.problem("expected one of the types "
                    + CONSTANT_TYPES.keySet().stream().sorted().toList() + ", found \"" + typeName + "\"");
        }
        BigInteger value = object.number("value");
        boolean fits = type.signed()
                ? value.bitLength() < type.size() * Byte.SIZE
                : value.signum() >= 0 && value.bitLength() <= type.size() * Byte.SIZE;
        if (!fits) {
            throw object.problem("the value " + value + " does not fit the type " + typeName);
        }
        return new Constant(object.text("name"), object.text("header"), value, (int) type.size(), type.signed());
    }

    private Ioctl ioctl(JsonObject object) throws SnapshotFormatException {
        return new Ioctl(
                object.text("name"),
                object.has("argument") ? object.text("argument") : "",
                object.has("capabilities") ? object.texts("capabilities") : List.of());
    }

    private static <T> Set<String> checkNames(JsonObject object, String what, List<T> entries, Function<T, String> name)
            throws SnapshotFormatException {
        Set<String> seen = new LinkedHashSet<>();
        for (T entry : entries) {
            if (!seen.add(name.apply(entry))) {
                throw object.problem("two entries for the " + what + " " + name.apply(entry));
            }
        }
        return seen;
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
