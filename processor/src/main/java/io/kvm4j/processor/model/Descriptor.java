package io.kvm4j.processor.model;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.TypeName;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.TypeElement;

/**
 * The implementation of a descriptor's ioctls.
 *
 * @param origin the spec interface, which it implements
 * @param type its Java name
 * @param parent the class of the interface that the spec extends
 * @param calls its methods
 */
public record Descriptor(TypeElement origin, ClassName type, Optional<ClassName> parent, List<Call> calls) {
    public Descriptor {
        calls = List.copyOf(calls);
    }

    /**
     * One ioctl method.
     *
     * @param name the method's name
     * @param request the request macro
     * @param requestNumber its number
     * @param argument what it passes
     * @param returnsResult whether it returns what the call returned, and not {@code void}
     * @param returnsErrno whether failure is returned instead of thrown
     * @param capability the capability that gates it
     */
    public record Call(
            String name,
            String request,
            long requestNumber,
            Argument argument,
            boolean returnsResult,
            boolean returnsErrno,
            Optional<Capability> capability) {}

    /** A capability by name and number. */
    public record Capability(String name, int number) {}

    /** What an ioctl method passes. */
    public sealed interface Argument {
        /** Nothing. */
        record None() implements Argument {}

        /** A number, by value. */
        record Value(String name, TypeName type) implements Argument {}

        /** A number, by pointer to a copy. */
        record PointerToValue(String name, TypeName type) implements Argument {}

        /** A struct, by pointer. */
        record Pointer(String name, TypeName type) implements Argument {}

        /** A struct that the method allocates, as often as it takes. */
        record Growing(String allocator, TypeName type, int initial, int limit) implements Argument {}

        /** A struct that the method allocates, as large as a capability says; the setter, if any, tells the kernel. */
        record Sized(String allocator, TypeName type, Capability size, Optional<String> setter) implements Argument {}

        /** A number that the kernel writes and the method returns. */
        record Result(TypeName type) implements Argument {}
    }
}
