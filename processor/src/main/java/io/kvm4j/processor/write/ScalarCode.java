package io.kvm4j.processor.write;

import com.palantir.javapoet.CodeBlock;
import io.kvm4j.processor.model.Scalar;

/** Writes loads and stores of numbers. */
final class ScalarCode {
    private ScalarCode() {}

    /** The number at a place, extended to its Java type. */
    static CodeBlock read(Scalar scalar, CodeBlock place) {
        CodeBlock raw = CodeBlock.of("memory.get($T.$L, $L)", Support.VALUE_LAYOUT, scalar.access(), place);
        if (!scalar.isNarrow() || scalar.signed()) {
            return raw;
        }
        return CodeBlock.of("$T.toUnsignedInt($L)", scalar.size() == Byte.BYTES ? Byte.class : Short.class, raw);
    }

    /** Stores {@code value} at a place, after a check of its range if the Java type is wider. */
    static CodeBlock write(Scalar scalar, CodeBlock place, String cName) {
        CodeBlock.Builder code = CodeBlock.builder();
        if (scalar.isNarrow()) {
            code.addStatement("requireRange($S, value, $L, $L)", cName, scalar.min(), scalar.max());
        }
        return code.add(store(scalar, place, CodeBlock.of("value"))).build();
    }

    /** Stores an expression at a place, cut to the number's size. */
    static CodeBlock store(Scalar scalar, CodeBlock place, CodeBlock value) {
        String cast = switch (scalar.size()) {
            case Byte.BYTES -> "(byte) ";
            case Short.BYTES -> "(short) ";
            default -> "";
        };
        return CodeBlock.builder()
                .addStatement("memory.set($T.$L, $L, $L$L)", Support.VALUE_LAYOUT, scalar.access(), place, cast, value)
                .build();
    }
}
