package io.kvm4j.processor.write;

import com.palantir.javapoet.CodeBlock;
import io.kvm4j.processor.model.Field;
import io.kvm4j.processor.model.Scalar;

/** Writes loads and stores of bit-fields, by way of the storage unit of their declared type. */
final class BitFieldCode {
    private BitFieldCode() {}

    /** Returns the bits, sign-extended if C has them signed. */
    static CodeBlock read(Field.Bits f, CodeBlock place) {
        Scalar unsigned = new Scalar(f.unit().size(), false, f.unit().aligned());
        CodeBlock unit = ScalarCode.read(unsigned, place);
        int javaBits = f.unit().isInt() ? Integer.SIZE : Long.SIZE;
        if (f.unit().signed()) {
            return CodeBlock.builder()
                    .addStatement("return $L << $L >> $L", unit, javaBits - f.shift() - f.width(), javaBits - f.width())
                    .build();
        }
        CodeBlock shifted = f.shift() == 0 ? unit : CodeBlock.of("$L >>> $L", unit, f.shift());
        return CodeBlock.builder()
                .addStatement(f.width() == javaBits ? "return $L" : "return $L & $L", operands(f, shifted, javaBits))
                .build();
    }

    /** The bits where they are in their unit, the others being 0. */
    static CodeBlock anySet(Field.Bits f, CodeBlock place) {
        Scalar unsigned = new Scalar(f.unit().size(), false, f.unit().aligned());
        CodeBlock unit = ScalarCode.read(unsigned, place);
        int javaBits = f.unit().isInt() ? Integer.SIZE : Long.SIZE;
        return f.width() == javaBits ? unit : CodeBlock.of("($L & $L)", unit, shifted(f, mask(f)));
    }

    /** Stores {@code value} in the bits and leaves the others as they are. */
    static CodeBlock write(Field.Bits f, CodeBlock place) {
        int javaBits = f.unit().isInt() ? Integer.SIZE : Long.SIZE;
        CodeBlock value = CodeBlock.of("value");
        if (f.width() == javaBits) {
            return store(f, place, value);
        }
        long min = f.unit().signed() ? -(1L << (f.width() - 1)) : 0;
        long max = (1L << (f.width() - (f.unit().signed() ? 1 : 0))) - 1;
        return CodeBlock.builder()
                .addStatement("requireRange($S, value, $LL, $LL)", f.cName(), min, max)
                .add(store(f, place, value))
                .build();
    }

    /** Stores an expression, cut to the bits' width. */
    static CodeBlock store(Field.Bits f, CodeBlock place, CodeBlock value) {
        Scalar unsigned = new Scalar(f.unit().size(), false, f.unit().aligned());
        if (f.width() == (f.unit().isInt() ? Integer.SIZE : Long.SIZE)) {
            return ScalarCode.store(f.unit(), place, value);
        }
        CodeBlock others = CodeBlock.of("$L & ~$L", ScalarCode.read(unsigned, place), shifted(f, mask(f)));
        CodeBlock merged = CodeBlock.of("($L | $L)", others, shifted(f, "(" + value + " & " + mask(f) + ")"));
        return ScalarCode.store(f.unit(), place, merged);
    }

    private static Object[] operands(Field.Bits f, CodeBlock shifted, int javaBits) {
        return f.width() == javaBits ? new Object[] {shifted} : new Object[] {shifted, mask(f)};
    }

    private static String shifted(Field.Bits f, String operand) {
        return f.shift() == 0 ? operand : "(" + operand + " << " + f.shift() + ")";
    }

    private static String mask(Field.Bits f) {
        return "0x" + Long.toHexString((1L << f.width()) - 1) + (f.unit().isInt() ? "" : "L");
    }
}
