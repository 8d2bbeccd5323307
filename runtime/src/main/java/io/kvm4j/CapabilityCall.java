package io.kvm4j;

import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmEnableCap;
import java.lang.foreign.SegmentAllocator;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;

/** Turns on a capability with KVM_ENABLE_CAP, and names it if that is refused. */
final class CapabilityCall {
    private static final int MOST_ARGUMENTS = 4;

    private CapabilityCall() {}

    /**
     * The argument of the ioctl.
     *
     * @throws IllegalArgumentException if there are more arguments than it holds
     */
    static KvmEnableCap argument(Capability capability, long[] arguments, SegmentAllocator allocator) {
        if (arguments.length > MOST_ARGUMENTS) {
            throw new IllegalArgumentException("cannot enable %s with %d arguments: KVM_ENABLE_CAP takes %d at most"
                    .formatted(capability, arguments.length, MOST_ARGUMENTS));
        }
        KvmEnableCap enable = KvmEnableCap.allocate(allocator).cap(capability.number());
        for (int i = 0; i < arguments.length; i++) {
            enable.args(i, arguments[i]);
        }
        return enable;
    }

    /**
     * Calls the ioctl.
     *
     * @param checkExtension asks for a capability by its number
     */
    static void enable(KvmEnableCap enable, Consumer<KvmEnableCap> ioctl, IntUnaryOperator checkExtension) {
        try {
            ioctl.accept(enable);
        } catch (ErrnoException e) {
            Capability capability = Capability.of(enable.cap());
            boolean present = checkExtension.applyAsInt(capability.number()) != 0;
            throw ErrnoException.of(e.errno(), e.call(), text(enable, capability), capability.toString(), present);
        }
    }

    /** Its name and arguments, without the zeros behind the last argument that was given. */
    private static String text(KvmEnableCap enable, Capability capability) {
        StringBuilder text = new StringBuilder(capability.toString());
        int count = MOST_ARGUMENTS;
        while (count > 0 && enable.args(count - 1) == 0) {
            count--;
        }
        for (int i = 0; i < count; i++) {
            text.append(", 0x").append(Long.toHexString(enable.args(i)));
        }
        if (enable.flags() != 0) {
            text.append(", flags 0x").append(Integer.toHexString(enable.flags()));
        }
        return text.toString();
    }
}
