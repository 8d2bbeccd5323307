package io.kvm4j.uapi;

import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.UnionLayout;
import java.lang.foreign.ValueLayout;
import java.util.StringJoiner;

/** Writes a struct's memory as text, field by field as its layout names them. */
final class StructText {
    private static final long ELEMENTS_SHOWN = 8;

    private StructText() {}

    static String of(GroupLayout layout, MemorySegment memory) {
        return layout.name().orElse("") + text(layout, memory, 0);
    }

    private static String text(MemoryLayout layout, MemorySegment memory, long offset) {
        return switch (layout) {
            case GroupLayout group -> group(group, memory, offset);
            case SequenceLayout sequence -> sequence(sequence, memory, offset);
            case ValueLayout value -> "0x" + Long.toHexString(number(value, memory, offset));
            case PaddingLayout padding -> "";
        };
    }

    private static String group(GroupLayout group, MemorySegment memory, long start) {
        StringJoiner fields = new StringJoiner(", ", "{", "}");
        long offset = start;
        for (MemoryLayout member : group.memberLayouts()) {
            if (!(member instanceof PaddingLayout)) {
                String name = member.name().map(n -> n + "=").orElse("");
                fields.add(name + text(member, memory, offset));
            }
            offset += group instanceof UnionLayout ? 0 : member.byteSize();
        }
        return fields.toString();
    }

    private static String sequence(SequenceLayout sequence, MemorySegment memory, long offset) {
        StringJoiner elements = new StringJoiner(", ", "[", "]");
        MemoryLayout element = sequence.elementLayout();
        for (long i = 0; i < Math.min(sequence.elementCount(), ELEMENTS_SHOWN); i++) {
            elements.add(text(element, memory, offset + i * element.byteSize()));
        }
        if (sequence.elementCount() > ELEMENTS_SHOWN) {
            elements.add("… " + sequence.elementCount() + " in all");
        }
        return elements.toString();
    }

    private static long number(ValueLayout layout, MemorySegment memory, long offset) {
        return switch (layout) {
            case ValueLayout.OfByte _ -> Byte.toUnsignedLong(memory.get(ValueLayout.JAVA_BYTE, offset));
            case ValueLayout.OfShort _ -> Short.toUnsignedLong(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset));
            case ValueLayout.OfInt _ -> Integer.toUnsignedLong(memory.get(ValueLayout.JAVA_INT_UNALIGNED, offset));
            case ValueLayout.OfLong _ -> memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
            default -> throw new IllegalArgumentException("no C integer: " + layout);
        };
    }
}
