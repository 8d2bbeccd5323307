package io.kvm4j.processor.model;

import com.palantir.javapoet.ClassName;
import java.util.List;

/** A member of a view, with accessors of its own. */
public sealed interface Field {
    /** The name of its accessors. */
    String name();

    /** Its name in C. */
    String cName();

    /** Its C declaration, for example {@code __u64 args[6]}. */
    String declaration();

    /** Where it starts, in bytes from the start of the view. */
    long offset();

    /** Whether this is an array whose length is that of the memory. */
    default boolean isFlexibleArray() {
        return false;
    }

    /**
     * Whether this is a truth value: C has no type for it, so its name says it, as {@code is_write} and
     * {@code has_error_code} do. Anything but 0 is true.
     */
    default boolean isPredicate() {
        return false;
    }

    /** A number, and the enums whose numbers or flags it holds. */
    record Numeric(String name, String cName, String declaration, long offset, Scalar scalar, List<TypedAccess> typed)
            implements Field {
        public Numeric {
            typed = List.copyOf(typed);
        }

        @Override
        public boolean isPredicate() {
            return typed.isEmpty() && Names.isPredicate(name);
        }
    }

    /** Some bits of a number. */
    record Bits(String name, String cName, String declaration, long offset, Scalar unit, int shift, int width)
            implements Field {
        @Override
        public boolean isPredicate() {
            return Names.isPredicate(name);
        }
    }

    /**
     * An array of numbers, and the enums whose numbers or flags its elements hold; its first dimension is 0 if it is
     * flexible.
     */
    record NumberArray(
            String name,
            String cName,
            String declaration,
            long offset,
            Scalar scalar,
            List<Long> dimensions,
            List<TypedAccess> typed)
            implements Field {
        public NumberArray {
            dimensions = List.copyOf(dimensions);
            typed = List.copyOf(typed);
        }

        @Override
        public boolean isFlexibleArray() {
            return dimensions.getFirst() == 0;
        }
    }

    /** A struct or union of {@code size} bytes inside this one, which may itself end in a flexible array. */
    record Nested(
            String name, String cName, String declaration, long offset, ClassName type, long size, boolean flexible)
            implements Field {}

    /** An array of structs or unions of {@code size} bytes; its first dimension is 0 if it is flexible. */
    record NestedArray(
            String name,
            String cName,
            String declaration,
            long offset,
            ClassName type,
            long size,
            List<Long> dimensions)
            implements Field {
        public NestedArray {
            dimensions = List.copyOf(dimensions);
        }

        @Override
        public boolean isFlexibleArray() {
            return dimensions.getFirst() == 0;
        }
    }

    /** Bytes without a type of their own: 128-bit numbers, and structs that belong to one architecture. */
    record Bytes(String name, String cName, String declaration, long offset, long size) implements Field {}
}
