package io.kvm4j.headers.c;

import java.util.List;
import java.util.OptionalInt;

/**
 * What one declarator declares: a member of an aggregate, a typedef or a variable.
 *
 * @param name the declared name, empty for an anonymous aggregate and an unnamed bit-field
 * @param type the type without dimensions
 * @param dimensions the array's dimensions, outermost first; 0 where the declaration leaves them open
 * @param bits the width of a bit-field
 */
public record CMember(String name, CType type, List<Long> dimensions, OptionalInt bits) {
    public CMember {
        dimensions = List.copyOf(dimensions);
    }
}
