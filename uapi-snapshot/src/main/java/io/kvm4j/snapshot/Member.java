package io.kvm4j.snapshot;

import java.util.List;

/**
 * A member of a struct or union.
 *
 * @param name the C name; empty for an anonymous struct or union, whose members belong to the enclosing record's scope
 * @param type the C type of the member, of one element if it is an array, and its representation
 * @param offset bytes from the start of the enclosing record, which for a member of an inline record is that inline
 *     record; for a bit-field the offset of the storage unit of its declared type
 * @param size the bytes that the whole member takes: 0 for a flexible array, the size of the declared type for a
 *     bit-field
 * @param dimensions the array's dimensions, outermost first; empty if this is no array; 0 stands for a flexible array
 *     member ({@code []}, and {@code [0]} as older headers write it)
 * @param bits the place of a bit-field in its storage unit, or {@link BitRange#NONE}
 */
public record Member(String name, MemberType type, long offset, long size, List<Long> dimensions, BitRange bits) {

    public Member {
        dimensions = List.copyOf(dimensions);
    }

    /** Whether this is an anonymous struct or union. */
    public boolean isAnonymous() {
        return name.isEmpty();
    }

    /** Whether this is an array, flexible or not. */
    public boolean isArray() {
        return !dimensions.isEmpty();
    }

    /** Whether this is an array whose number of elements the declaration leaves open. */
    public boolean isFlexibleArray() {
        return isArray() && dimensions.getFirst() == 0;
    }
}
