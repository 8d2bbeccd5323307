package io.kvm4j.debug;

import io.kvm4j.GuestMemory;

/**
 * A breakpoint in the guest's code: {@code int3} in place of an instruction's first byte, so that the guest stops before that
 * instruction. To let it go on, {@link #lift} the breakpoint, step once, and {@link #set} it again.
 */
public final class SoftwareBreakpoint implements AutoCloseable {
    private static final byte INT3 = (byte) 0xcc;

    private final GuestMemory memory;
    private final long gpa;
    private final byte replaced;

    SoftwareBreakpoint(GuestMemory memory, long gpa) {
        this.memory = memory;
        this.gpa = gpa;
        this.replaced = memory.readByte(gpa);
        set();
    }

    /** The guest physical address of the instruction. */
    public long gpa() {
        return gpa;
    }

    /** Puts the breakpoint in place. */
    public void set() {
        memory.writeByte(gpa, INT3);
    }

    /** Puts back what was there. */
    public void lift() {
        memory.writeByte(gpa, replaced);
    }

    /** Puts back what was there, unless the VM is closed. */
    @Override
    public void close() {
        if (!memory.isClosed()) {
            lift();
        }
    }
}
