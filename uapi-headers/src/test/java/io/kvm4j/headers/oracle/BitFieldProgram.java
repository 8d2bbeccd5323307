package io.kvm4j.headers.oracle;

import io.kvm4j.headers.snapshot.BitRange;
import io.kvm4j.headers.snapshot.Member;
import io.kvm4j.headers.snapshot.MemberType;
import io.kvm4j.headers.snapshot.RecordType;
import io.kvm4j.headers.snapshot.Snapshot;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A C program that sets each bit-field of a snapshot to all ones in zeroed memory and prints the bytes: a bit-field has
 * no address, so nothing less tells its place. It runs on the machine's own architecture, which is little-endian.
 */
final class BitFieldProgram {
    private final List<String> statements = new ArrayList<>();
    private final List<String> expected = new ArrayList<>();

    BitFieldProgram(Snapshot snapshot) {
        for (RecordType type : snapshot.records()) {
            type.members().forEach(member -> member(type, "", 0, member));
        }
    }

    /** What the program prints other than the snapshot says. */
    List<String> complaints(String includes, CCompiler compiler) {
        if (statements.isEmpty()) {
            return List.of();
        }
        String source = includes
                + "int printf(const char *, ...);\nvoid *memset(void *, int, unsigned long);\nint main(void) {\n"
                + String.join("", statements)
                + "return 0; }\n";
        CCompiler.Outcome outcome = compiler.run(source);
        List<String> printed = outcome.output().lines().toList();
        if (outcome.status() != 0 || printed.size() != expected.size()) {
            return List.of("the bit-field program ended with " + outcome.status() + ": " + outcome.output());
        }
        List<String> complaints = new ArrayList<>();
        for (int i = 0; i < expected.size(); i++) {
            if (!printed.get(i).equals(expected.get(i))) {
                complaints.add("bits of " + expected.get(i) + " expected, gcc has " + printed.get(i));
            }
        }
        return complaints;
    }

    private void member(RecordType type, String prefix, long start, Member member) {
        String path = prefix + member.name();
        long offset = start + member.offset();
        if (member.bits().isBitField()) {
            bitField(type, path, offset, member);
        } else if (member.type() instanceof MemberType.Inline inline) {
            String inner = member.isAnonymous()
                    ? prefix
                    : path + "[0]".repeat(member.dimensions().size()) + ".";
            inline.members().forEach(nested -> member(type, inner, offset, nested));
        }
    }

    private void bitField(RecordType type, String path, long offset, Member member) {
        statements.add("""
            { %1$s x; memset(&x, 0, sizeof x); x.%2$s = -1; printf("%1$s %2$s %%s ", x.%2$s < 0 ? "signed" : "unsigned");
            for (unsigned long i = 0; i < sizeof x; i++) printf("%%02x", ((unsigned char *)&x)[i]);
            printf("\\n"); }
            """.formatted(type.cType(), path));
        boolean signed = ((MemberType.Integer) member.type()).signed();
        expected.add(type.cType() + " " + path + (signed ? " signed " : " unsigned ")
                + HexFormat.of().formatHex(bytes(type.size(), offset, member.bits())));
    }

    private static byte[] bytes(long size, long offset, BitRange bits) {
        BigInteger ones = BigInteger.TWO
                .pow(bits.width())
                .subtract(BigInteger.ONE)
                .shiftLeft((int) offset * Byte.SIZE + bits.shift());
        byte[] bytes = new byte[(int) size];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = ones.shiftRight(i * Byte.SIZE).byteValue();
        }
        return bytes;
    }
}
