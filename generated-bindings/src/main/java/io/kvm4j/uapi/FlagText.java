package io.kvm4j.uapi;

import java.util.StringJoiner;

/** Writes a set of flags as C code would: the names of the flags, and what is left over as a number. */
public final class FlagText {
    private FlagText() {}

    /**
     * Names the flags of {@code bits}.
     *
     * @param bits the set
     * @param flags every flag that has a name
     * @return for example {@code KVM_MEM_READONLY|0x100}, and {@code 0} for the empty set
     */
    public static String of(long bits, FlagBit... flags) {
        StringJoiner names = new StringJoiner("|");
        long unnamed = bits;
        for (FlagBit flag : flags) {
            if (flag.mask() != 0 && (bits & flag.mask()) == flag.mask()) {
                names.add(flag.name());
                unnamed &= ~flag.mask();
            }
        }
        if (unnamed != 0 || bits == 0) {
            names.add(unnamed == 0 ? "0" : "0x" + Long.toHexString(unnamed));
        }
        return names.toString();
    }
}
