package io.kvm4j.headers.oracle;

import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.Ioctl;
import io.kvm4j.snapshot.Member;
import io.kvm4j.snapshot.MemberType;
import io.kvm4j.snapshot.RecordType;
import io.kvm4j.snapshot.Snapshot;

/** C source that asserts, while it is compiled, all that C can name of a snapshot. */
final class AssertionProbe {
    private final Snapshot snapshot;
    private final StringBuilder source = new StringBuilder();

    AssertionProbe(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /** The source, without the lines that include the headers. */
    String source() {
        snapshot.constants().forEach(this::constant);
        snapshot.ioctls().forEach(this::ioctlSize);
        snapshot.records().forEach(this::record);
        source.append("#undef _IOR\n#undef _IOW\n#undef _IOWR\n");
        source.append("#define _IOR(t, n, s) s\n#define _IOW(t, n, s) s\n#define _IOWR(t, n, s) s\n");
        snapshot.ioctls().stream().filter(Ioctl::namesArgument).forEach(this::ioctlType);
        return source.toString();
    }

    private void constant(Constant constant) {
        String name = "(" + constant.name() + ")";
        that(name + " == " + literal(constant), "value of " + constant.name() + " is " + constant.value());
        that("sizeof(" + name + " + 0) == " + constant.size(), "size of " + constant.name() + " is " + constant.size());
        signedness("__typeof__(" + name + " + 0)", constant.signed(), constant.name());
    }

    /** The least long has no literal of its own, so a negative value is one less than that of its complement. */
    private static String literal(Constant constant) {
        if (!constant.signed()) {
            return constant.value() + "UL";
        }
        return constant.value().signum() < 0 ? "(-" + constant.value().not() + "L - 1)" : constant.value() + "L";
    }

    private void ioctlSize(Ioctl ioctl) {
        String size = ioctl.namesArgument() ? "sizeof(" + ioctl.argument() + ")" : "0";
        that("_IOC_SIZE(" + ioctl.name() + ") == " + size, "argument of " + ioctl.name() + " is " + ioctl.argument());
    }

    private void ioctlType(Ioctl ioctl) {
        that(compatible(ioctl.name(), ioctl.argument()), "type of " + ioctl.name() + " is " + ioctl.argument());
    }

    private void record(RecordType type) {
        that("sizeof(" + type.cType() + ") == " + type.size(), "sizeof " + type.cType() + " is " + type.size());
        that(
                "_Alignof(" + type.cType() + ") == " + type.alignment(),
                "alignment of " + type.cType() + " is " + type.alignment());
        type.members().forEach(member -> member(type.cType(), "", 0, member));
    }

    private void member(String record, String prefix, long start, Member member) {
        if (member.isAnonymous()) {
            MemberType.Inline inline = (MemberType.Inline) member.type();
            inline.members().forEach(inner -> member(record, prefix, start + member.offset(), inner));
        } else if (!member.bits().isBitField()) {
            named(record, prefix + member.name(), start + member.offset(), member);
        }
    }

    private void named(String record, String path, long offset, Member member) {
        String what = record + " " + path;
        that("__builtin_offsetof(" + record + ", " + path + ") == " + offset, "offset of " + what + " is " + offset);
        String object = "((" + record + " *)0)->" + path;
        if (!member.isFlexibleArray()) {
            that("sizeof(" + object + ") == " + member.size(), "size of " + what + " is " + member.size());
        }
        String element = object;
        for (long dimension : member.dimensions()) {
            if (dimension > 0 && member.size() > 0) {
                that(
                        "sizeof(" + element + ") / sizeof(" + element + "[0]) == " + dimension,
                        "dimension of " + what + " is " + dimension);
            }
            element += "[0]";
        }
        that(
                "sizeof(" + element + ") == " + member.type().size(),
                "element size of " + what + " is " + member.type().size());
        type(record, path + "[0]".repeat(member.dimensions().size()), offset, element, member.type());
    }

    private void type(String record, String path, long offset, String element, MemberType type) {
        String what = record + " " + path;
        String typeOf = "__typeof__(" + element + ")";
        switch (type) {
            case MemberType.Integer integer -> {
                signedness(typeOf, integer.signed(), what);
                if (!integer.spelling().equals("enum")) {
                    that(compatible(typeOf, integer.spelling()), "type of " + what + " is " + integer.spelling());
                }
            }
            case MemberType.Pointer pointer ->
                that(compatible(typeOf, pointer.spelling()), "type of " + what + " is " + pointer.spelling());
            case MemberType.Named named ->
                that(compatible(typeOf, named.spelling()), "type of " + what + " is " + named.spelling());
            case MemberType.Inline inline -> {
                that(
                        "_Alignof(" + typeOf + ") == " + inline.alignment(),
                        "alignment of " + what + " is " + inline.alignment());
                inline.members().forEach(inner -> member(record, path + ".", offset, inner));
            }
        }
    }

    private void signedness(String type, boolean signed, String what) {
        that("((" + type + ")-1 < 1) == " + (signed ? 1 : 0), what + " is " + (signed ? "signed" : "unsigned"));
    }

    private static String compatible(String one, String other) {
        return "__builtin_types_compatible_p(" + one + ", " + other + ")";
    }

    private void that(String condition, String message) {
        source.append("_Static_assert(")
                .append(condition)
                .append(", \"")
                .append(message)
                .append("\");\n");
    }
}
