package io.kvm4j.headers.oracle;

import io.kvm4j.snapshot.BitRange;
import io.kvm4j.snapshot.Member;
import io.kvm4j.snapshot.MemberType;
import io.kvm4j.snapshot.RecordType;
import io.kvm4j.snapshot.Snapshot;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * C constants in each of which one bit-field is all ones: a bit-field has no address, so nothing but the bytes that gcc
 * puts into the object file tells its place. The object is read, never run.
 */
final class BitFieldProbe {
    private static final Pattern SIGN = Pattern.compile("sign of bit-field (\\d+) ");

    /**
     * A bit-field as the snapshot has it.
     *
     * @param path the way to it from the record
     * @param unit the offset of its storage unit from the start of the record
     */
    private record BitField(RecordType type, String path, long unit, Member member) {
        String what() {
            return type.cType() + " " + path;
        }

        boolean isSigned() {
            return ((MemberType.Integer) member.type()).signed();
        }
    }

    private final List<BitField> fields = new ArrayList<>();
    private final boolean isBigEndian;

    BitFieldProbe(Snapshot snapshot) {
        isBigEndian = snapshot.architecture().equals("s390x");
        for (RecordType type : snapshot.records()) {
            type.members().forEach(member -> member(type, "", 0, member));
        }
    }

    private void member(RecordType type, String prefix, long start, Member member) {
        String path = prefix + member.name();
        long offset = start + member.offset();
        if (member.bits().isBitField()) {
            fields.add(new BitField(type, path, offset, member));
        } else if (member.type() instanceof MemberType.Inline inline) {
            String inner = member.isAnonymous()
                    ? prefix
                    : path + "[0]".repeat(member.dimensions().size()) + ".";
            inline.members().forEach(nested -> member(type, inner, offset, nested));
        }
    }

    /** What gcc makes other than the snapshot says. */
    List<String> complaints(String includes, CCompiler compiler) {
        if (fields.isEmpty()) {
            return List.of();
        }
        List<String> complaints = new ArrayList<>();
        CCompiler.Outcome signs = compiler.assemble(includes + signs());
        Matcher wrong = SIGN.matcher(signs.output());
        while (wrong.find()) {
            BitField field = fields.get(Integer.parseInt(wrong.group(1)));
            complaints.add("bit-field " + field.what() + " is not " + (field.isSigned() ? "signed" : "unsigned"));
        }
        if (signs.status() != 0 && complaints.isEmpty()) {
            complaints.add("gcc cannot compile the bit-fields: " + signs.output());
        }
        complaints.addAll(places(compiler.data(includes + constants())));
        return complaints;
    }

    /** Functions that call what must not be called, unless the optimizer sees that the sign is right. */
    private String signs() {
        StringBuilder source = new StringBuilder();
        for (int i = 0; i < fields.size(); i++) {
            BitField field = fields.get(i);
            source.append("""
                void wrong_%1$d(void) __attribute__((error("sign of bit-field %1$d ")));
                void check_%1$d(void) { %2$s x; x.%3$s = -1; if ((x.%3$s < 0) != %4$d) wrong_%1$d(); }
                """.formatted(i, field.type().cType(), field.path(), field.isSigned() ? 1 : 0));
        }
        return source.toString();
    }

    /** One packed constant, so that nothing stands between its parts. */
    private String constants() {
        StringBuilder members = new StringBuilder();
        StringBuilder values = new StringBuilder();
        for (int i = 0; i < fields.size(); i++) {
            members.append(fields.get(i).type().cType()).append(" m").append(i).append(";\n");
            values.append(".m%d.%s = -1,\n".formatted(i, fields.get(i).path()));
        }
        return "const struct __attribute__((packed)) {\n" + members + "} " + CCompiler.DATA + " = {\n" + values
                + "};\n";
    }

    private List<String> places(byte[] data) {
        List<String> complaints = new ArrayList<>();
        int position = 0;
        for (BitField field : fields) {
            int end = position + (int) field.type().size();
            byte[] found = Arrays.copyOfRange(data, Math.min(position, data.length), Math.min(end, data.length));
            byte[] expected = bytes(field);
            if (!Arrays.equals(expected, found)) {
                complaints.add("bits of " + field.what() + " are "
                        + HexFormat.of().formatHex(expected) + " in the snapshot, gcc has "
                        + HexFormat.of().formatHex(found));
            }
            position = end;
        }
        return complaints;
    }

    private byte[] bytes(BitField field) {
        BitRange bits = field.member().bits();
        int unit = (int) field.member().size();
        BigInteger ones =
                BigInteger.TWO.pow(bits.width()).subtract(BigInteger.ONE).shiftLeft(bits.shift());
        byte[] bytes = new byte[(int) field.type().size()];
        for (int i = 0; i < unit && field.unit() + i < bytes.length; i++) {
            int place = isBigEndian ? unit - 1 - i : i;
            bytes[(int) field.unit() + i] = ones.shiftRight(place * Byte.SIZE).byteValue();
        }
        return bytes;
    }
}
