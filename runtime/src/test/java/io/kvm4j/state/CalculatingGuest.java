package io.kvm4j.state;

import io.kvm4j.UnhandledExitException;
import io.kvm4j.UserModeGuest;
import io.kvm4j.Vcpu;
import io.kvm4j.uapi.KvmExit;
import java.util.ArrayList;
import java.util.List;

/**
 * A guest at CPL 3 that calculates with registers of all kinds and memory, and tells what it has by stores to a device: a
 * number in each of eight rounds, then the sums that it kept in an SSE register, as floating point, in the x87 and in
 * memory.
 */
final class CalculatingGuest implements AutoCloseable {
    /** How many numbers it tells. */
    static final int NUMBERS = 12;

    private static final String CODE = """
            bb 00 00 30 00 48 b8 15 7c 4a 7f b9 79 37 9e 49 b8 2d 7f 95 4c 2d f4 51 58 49 b9 4f 81 67 f7 7e 7b 05 14 \
            d9 ee 66 0f ef c0 66 0f ef db b9 08 00 00 00 \
            49 0f af c0 4c 01 c8 48 01 07 66 48 0f 6e c8 66 0f d4 c1 f2 48 0f 2a d0 f2 0f 58 da df 2f de c1 48 89 03 \
            ff c9 75 d9 \
            66 48 0f 7e c2 48 89 13 66 48 0f 7e da 48 89 13 dd 5f 08 48 8b 57 08 48 89 13 48 8b 17 48 89 13 eb fe""";

    private static final long SSE_IN_CR4 = 3 << 9;

    /** {@code movdqu [NOTHING], xmm0; again: jmp again}. */
    private static final String STORE_SIXTEEN_BYTES = "f3 0f 7f 04 25 00 00 30 00 eb fe";

    final UserModeGuest machine = new UserModeGuest();
    final Vcpu vcpu;

    CalculatingGuest() {
        this(CODE);
    }

    private CalculatingGuest(String code) {
        vcpu = machine.vcpu(0, code);
        vcpu.x86().setSregs(s -> s.cr4(s.cr4() | SSE_IN_CR4));
    }

    /** One that stores more at once than an exit tells. */
    static CalculatingGuest storingSixteenBytes() {
        return new CalculatingGuest(STORE_SIXTEEN_BYTES);
    }

    /** Another machine whose memory is a copy. */
    static CalculatingGuest withMemoryOf(CalculatingGuest other) {
        CalculatingGuest guest = new CalculatingGuest();
        guest.machine.ram.segment().copyFrom(other.machine.ram.segment());
        return guest;
    }

    /** Runs it until it has told some numbers. */
    List<Long> numbers(int count) {
        List<Long> numbers = new ArrayList<>();
        while (numbers.size() < count) {
            switch (vcpu.run()) {
                case KvmExit.Mmio store when store.isStore() -> numbers.add(store.value());
                case KvmExit other -> throw new UnhandledExitException(other);
            }
        }
        return numbers;
    }

    @Override
    public void close() {
        machine.close();
    }
}
