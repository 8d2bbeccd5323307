package io.kvm4j.examples;

import io.kvm4j.MemorySlot;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.Vcpu;
import io.kvm4j.VcpuThread;
import io.kvm4j.Vm;
import io.kvm4j.state.StateFormatException;
import io.kvm4j.state.StateRestoreException;
import io.kvm4j.state.VmSnapshot;
import io.kvm4j.uapi.KvmExit;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The guest that moves: its code, its device, and its saved state. */
final class PostcopyGuest {
    private static final int PAGE = 4096;
    private static final int CODE = 0x10_0000;
    private static final int WORK = 0x20_0000;

    // The device: registers of 8 bytes each.
    private static final long DEVICE_PASS = 0x3000_0000;
    private static final long DEVICE_CHECKSUM = DEVICE_PASS + 8;
    private static final long DEVICE_RESULT = DEVICE_PASS + 16;

    private static final long MULTIPLIER = 0x9e37_79b9_7f4a_7c15L;
    private static final int STRIDE = 1103;
    private static final int FIRST_CHECKSUM = 1;

    private static final byte[] GUEST = MachineCode.of("""
                                    ; next_pass:                    ; rsi pages at rdi; rbx is the device
            31 c9                   ; xor ecx, ecx
                                    ; next_page:
            69 c1 4f 04 00 00       ; imul eax, ecx, 1103           ; neither in order nor near the last
            8d 56 ff                ; lea edx, [rsi - 1]
            21 d0                   ; and eax, edx
            48 c1 e0 0c             ; shl rax, 12
            48 01 f8                ; add rax, rdi
            ba 00 02 00 00          ; mov edx, 512
                                    ; next_word:
            4c 8b 08                ; mov r9, [rax]
            4d 01 cd                ; add r13, r9                   ; the checksum
            49 c1 c5 07             ; rol r13, 7
            4d 0f af ca             ; imul r9, r10
            4d 01 e9                ; add r9, r13
            4c 89 08                ; mov [rax], r9                 ; depends on all that was read so far
            48 83 c0 08             ; add rax, 8
            ff ca                   ; dec edx
            75 e4                   ; jnz next_word
            ff c1                   ; inc ecx
            39 f1                   ; cmp ecx, esi
            72 c7                   ; jb next_page
            49 ff c4                ; inc r12
            4c 89 6b 08             ; mov [rbx + 8], r13
            4c 89 23                ; mov [rbx], r12                ; another pass is done
            4d 39 c4                ; cmp r12, r8
            72 b6                   ; jb next_pass
            4c 89 6b 10             ; mov [rbx + 16], r13           ; the result
                                    ; end:
            eb fe                   ; jmp end
            """);

    private PostcopyGuest() {}

    /** Returns how much memory the guest has, in bytes. */
    static long memorySize(Postcopy.Work work) {
        return WORK + (long) work.pages() * PAGE;
    }

    /** Puts the guest where it starts. */
    static void boot(MemorySlot ram, Vcpu vcpu, Postcopy.Work work) {
        LongMode.writePageTables(ram);
        LongMode.writeDescriptors(ram);
        ram.write(CODE, GUEST);
        vcpu.x86().setSregs(LongMode::enterLongMode);
        vcpu.x86()
                .setRegs(r -> r.rip(CODE)
                        .rflags(2)
                        .rbx(DEVICE_PASS)
                        .rdi(WORK)
                        .rsi(work.pages())
                        .r8(work.passes())
                        .r10(MULTIPLIER)
                        .r12(0)
                        .r13(FIRST_CHECKSUM));
    }

    static ByteBuffer save(Vm vm) {
        return ByteBuffer.wrap(VmSnapshot.save(vm).toBytes());
    }

    /** Reads all of the state, and only then makes a vCPU of it. */
    static Vcpu load(ByteBuffer state, Vm vm) throws IOException {
        byte[] bytes = new byte[state.remaining()];
        state.get(bytes);
        try {
            VmSnapshot snapshot = VmSnapshot.parse(bytes);
            if (snapshot.vcpus().size() != 1) {
                throw new IOException("a guest with %d vCPUs, where this VMM knows one"
                        .formatted(snapshot.vcpus().size()));
            }
            return snapshot.restore(vm).vcpus().getFirst();
        } catch (StateFormatException | StateRestoreException e) {
            throw new IOException("the guest's state cannot be used: " + e.getMessage(), e);
        }
    }

    /** What the guest's result must be, wherever it ran. */
    static long expected(Postcopy.Work work) {
        long[] words = new long[work.pages() * (PAGE / Long.BYTES)];
        long checksum = FIRST_CHECKSUM;
        for (int pass = 0; pass < work.passes(); pass++) {
            for (int i = 0; i < work.pages(); i++) {
                int page = (i * STRIDE) & (work.pages() - 1);
                for (int at = page * (PAGE / Long.BYTES), end = at + PAGE / Long.BYTES; at < end; at++) {
                    checksum = Long.rotateLeft(checksum + words[at], 7);
                    words[at] = words[at] * MULTIPLIER + checksum;
                }
            }
        }
        return checksum;
    }

    /** What the guest tells of its work. */
    static final class Device {
        private final Postcopy.Settings settings;
        volatile long checksum;
        volatile boolean done;

        Device(Postcopy.Settings settings) {
            this.settings = settings;
        }

        /** Runs the guest until its work is done, or somebody stops it. */
        void serve(VcpuThread cpu) throws InterruptedException {
            while (!done && cpu.run()) {
                switch (cpu.exit()) {
                    case KvmExit.Mmio mmio when mmio.isStore() -> store(mmio.physAddr(), mmio.value());
                    case KvmExit other -> throw new UnhandledExitException(other);
                }
            }
        }

        private void store(long address, long value) throws InterruptedException {
            if (address == DEVICE_PASS) {
                if (value % settings.reportEvery() == 0) {
                    settings.out().printf("pass %d: checksum %016x%n", value, checksum);
                }
                Thread.sleep(settings.pace());
            } else if (address == DEVICE_CHECKSUM || address == DEVICE_RESULT) {
                checksum = value;
                done = address == DEVICE_RESULT;
            } else {
                throw new IllegalStateException("the device has no register at 0x%x".formatted(address));
            }
        }
    }
}
