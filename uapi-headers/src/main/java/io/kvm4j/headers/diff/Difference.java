package io.kvm4j.headers.diff;

import java.util.List;

/**
 * A declaration that two snapshots of one architecture do not have alike.
 *
 * @param subject what kind of declaration it is
 * @param change whether it came, went or changed
 * @param name the C name: {@code KVM_RUN}, {@code struct kvm_run}, or for a field its path from the record, such as
 *     {@code mmio.data}
 * @param header the header that declares it, as an {@code #include} spells it; for a field that of its record
 * @param before what it was, in words or C; empty if it was not there
 * @param after what it is, in words or C; empty if it is no more
 * @param fields for a struct or union the fields that came, went or changed; empty for all else
 */
public record Difference(
        Subject subject,
        Change change,
        String name,
        String header,
        String before,
        String after,
        List<Difference> fields) {

    /** Kinds of declarations. */
    public enum Subject {
        /** An ioctl request macro. */
        IOCTL("ioctl", "Ioctls"),
        /** A struct or union. */
        RECORD("struct", "Structs and unions"),
        /** A member of a struct or union, or of one that is declared inside of it. */
        FIELD("field", "Fields"),
        /** A macro that is a reason of KVM_RUN to return. */
        EXIT("exit", "Exits"),
        /** A macro that is the number of a capability. */
        CAPABILITY("capability", "Capabilities"),
        /** Any other macro or enumerator with a value. */
        CONSTANT("constant", "Constants");

        private final String label;
        private final String heading;

        Subject(String label, String heading) {
            this.label = label;
            this.heading = heading;
        }

        /** What to call one of them. */
        public String label() {
            return label;
        }

        /** What to call all of them. */
        public String heading() {
            return heading;
        }
    }

    /** What can become of a declaration. */
    public enum Change {
        /** Only the later snapshot has it. */
        ADDED("added", '+'),
        /** Only the earlier snapshot has it. */
        REMOVED("removed", '-'),
        /** Both have it, in different ways. */
        CHANGED("changed", '~');

        private final String label;
        private final char sign;

        Change(String label, char sign) {
            this.label = label;
            this.sign = sign;
        }

        /** The word for it. */
        public String label() {
            return label;
        }

        /** The character that stands for it at the start of a line. */
        public char sign() {
            return sign;
        }
    }

    public Difference {
        fields = List.copyOf(fields);
    }

    /** What it is and was, in one line. */
    public String description() {
        return switch (change) {
            case ADDED -> after;
            case REMOVED -> before;
            case CHANGED -> before.equals(after) ? after : before + " → " + after;
        };
    }
}
