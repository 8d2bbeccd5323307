package io.kvm4j.processor.diagnostics;

import javax.tools.Diagnostic.Kind;

/** Every message of the processor. Numbers are stable: a number is never given to another message. */
public enum Code {
    SNAPSHOT_NOT_SET(
            1,
            "no ABI snapshot: pass -Akvm4j.snapshot=PATH to the compiler, or compile against bindings, which carry theirs"),
    SNAPSHOT_UNREADABLE(2, "the ABI snapshot cannot be read: %s"),
    NO_SNAPSHOT(3, "no ABI snapshot of %s; there is %s"),
    UNKNOWN_HEADER(4, "header %s is not in the ABI snapshot%s"),
    HEADER_CLAIMED_TWICE(5, "header %s is generated into package %s already"),
    UNKNOWN_RECORD(6, "there is no struct or union %s in the headers%s"),
    UNKNOWN_MEMBER(7, "%s has no member %s%s"),
    NO_FLEXIBLE_ARRAY(8, "%s has no flexible array"),
    UNKNOWN_CONSTANT(9, "there is no constant %s in the headers%s"),
    SPEC_NAME(10, "the name of a spec ends in Spec and the rest names what it generates: %s does not"),
    UNKNOWN_IOCTL(11, "there is no ioctl %s in the headers%s"),
    SIZE_MISMATCH(12, "the number of %s says that its argument has %d bytes, %s has %d"),
    DIRECTION_MISMATCH(
            13,
            "the number of %s says that the kernel %s its argument, the spec says that it %s it;"
                    + " if the macro is wrong, say why with @WrongMacro"),
    NEEDLESS_WRONG_MACRO(14, "@WrongMacro, yet the number of %s agrees with the spec"),
    ARGUMENT_MISMATCH(15, "%s takes %s according to its macro, not %s"),
    BAD_PARAMETERS(16, "the parameters of %s: %s"),
    BAD_RETURN_TYPE(17, "%s returns %s: %s"),
    IOCTL_TWICE(18, "%s is the method %s of this descriptor already"),
    UNKNOWN_CAPABILITY(19, "there is no capability %s in the headers%s"),
    UNCLAIMED_IOCTL(20, Kind.WARNING, "no spec claims the ioctl %s%s; add a method for it, or name it in @Unclaimed"),
    EMPTY_GROUP(21, "no macro has the prefix %s%s"),
    VALUE_TWICE(22, "%s and %s have the same value, %s; name one of them in except"),
    FLAG_TOO_WIDE(23, "the flag %s, 0x%s, does not fit into the %d bits of %s"),
    FLAGS_OVERLAP(24, "the flags %s and %s overlap; name one of them in except"),
    NOT_A_REASON(25, "%s is not one of the exit reasons of this spec%s"),
    UNKNOWN_ARM(26, "%s has no union arm %s%s"),
    TWO_FAMILIES(27, "%s belongs to the family %s already"),
    RECORD_NOT_HERE(
            28, "%s is not among the structs that this compilation generates; add its header to a @UapiPackage"),
    NO_COUNT(
            29, "@Growing needs a struct with a flexible array and a @FlexibleArray that names its count; %s has none"),
    NOT_UNCLAIMED(30, "%s is named as unclaimed, yet %s"),
    NOT_AN_INTERFACE(31, "%s must be an interface to be annotated with @%s"),
    VALUE_TOO_WIDE(32, "the value of %s, 0x%s, does not fit into an int"),
    NAME_TAKEN(33, "class %s cannot be generated, since there is one already"),
    TWO_PARENTS(34, "%s extends two descriptors, %s and %s; a class can extend one only"),
    ARCHITECTURE_MISMATCH(35, "the %s is not %s; name it in a package for %s"),
    NEUTRAL_DIFFERS(36, "%s cannot stay neutral: its own members differ between architectures"),
    STAND_IN(37, Kind.NOTE, "header set %s has no snapshot of %s: package %s is generated from that of %s instead"),
    UNKNOWN_ARCHITECTURE(38, "no package is for the architecture %s%s"),
    ARM_WITHOUT_EXIT(39, Kind.WARNING, "no exit reads the arm %s of %s; name it in @Exit, or in unread"),
    ARM_READ(40, "%s is named as unread, yet %s reads it"),
    FIELD_BOUND_TWICE(41, "%s holds %s already"),
    MACRO_IN_TWO_ENUMS(42, "%s is a constant of %s already; name it in except of one of them"),
    VALUE_BEYOND_FIELD(43, "the value of %s, 0x%s, does not fit into the %d bits of %s"),
    OUTSIDE_MASK(44, "the value of %s, 0x%s, has bits outside %s"),
    FLAG_IS_ZERO(45, "the flag %s is 0, which is no bit; name it in except, or make it a @ValueEnum"),
    NOT_BY_VALUE(46, "the argument of %s is no number but %s; name a field of it instead"),
    NO_TYPED_METHOD(47, "%s is said to take %s, yet no interface of ioctls has a method %s that does"),
    PLAIN_MATCHES_NOTHING(48, "no constant of this package is plain by the name of %s%s"),
    PLAIN_YET_ENUM(49, "%s is named as plain, yet it is a constant of %s"),
    UNCLASSIFIED(50, Kind.WARNING, "no enum has the constant %s; bind it with one, or name it in @PlainConstants"),
    NOT_A_NUMBER(51, "%s cannot hold the numbers of an enum: %s"),
    COMPLETED(
            52,
            Kind.NOTE,
            "header set %s lacks %d declarations that the specs may name: they are as in %s, and their Javadoc says so"),
    LEFT_OUT(53, Kind.WARNING, "this enum is without %s, since %s"),
    HIDES_JAVA_LANG(54, "a type %s would hide java.lang.%1$s from code that imports it; give it another name"),
    EXIT_RENAMED(
            55,
            Kind.WARNING,
            "the exit of %s is generated as %s, since %s would hide a type of java.lang; name it with type in @Exit"),
    GROUP_TOO_LARGE(56, "the prefix %s has %d macros, and a Java class can hold no more than %d; name a longer one"),
    NOT_AN_IOCTL(57, "the method %s of %s is no ioctl: annotate it with @Ioctl, or make it a default method");

    private final int number;
    private final Kind kind;
    private final String text;

    Code(int number, String text) {
        this(number, Kind.ERROR, text);
    }

    Code(int number, Kind kind, String text) {
        this.number = number;
        this.kind = kind;
        this.text = text;
    }

    /** The code as it is printed and documented, for example {@code KVM4J-012}. */
    public String id() {
        return "KVM4J-%03d".formatted(number);
    }

    /** Whether the compilation fails. */
    public Kind kind() {
        return kind;
    }

    /** The message for these arguments, with the code in front. */
    String message(Object... arguments) {
        return "[" + id() + "] " + text.formatted(arguments);
    }
}
