package io.kvm4j.examples;

import io.kvm4j.Kvm;
import io.kvm4j.MemorySlot;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.x86_64.KvmSegment;
import io.kvm4j.uapi.x86_64.KvmSregs;
import java.io.PrintStream;

/**
 * 64-bit code at the lowest privilege (CPL 3): it asks a device for a limit, counts the primes below it with a sieve,
 * and tells the device the result. The device is an address range without memory: each access to it is an exit.
 */
public final class LongMode {
    /** The primes below this are counted, and there is a byte of the sieve for each number. */
    private static final int LIMIT = 1_000_000;

    // The guest's memory: page tables, descriptor table, code, and the sieve. Addresses are physical and virtual alike.
    private static final int MEMORY_SIZE = 4 << 20;
    private static final int PAGE_MAP = 0x1000;
    private static final int PAGE_DIRECTORY_POINTERS = 0x2000;
    private static final int PAGE_DIRECTORY = 0x3000;
    private static final int DESCRIPTORS = 0x4000;
    private static final int CODE = 0x10_0000;

    // The device: registers of 8 bytes each.
    private static final long DEVICE_LIMIT = 0x1000_0000;
    private static final long DEVICE_RESULT = DEVICE_LIMIT + 8;
    private static final long DEVICE_DONE = DEVICE_LIMIT + 16;

    private static final byte[] GUEST = MachineCode.of("""
            bb 00 00 00 10          ; mov ebx, 0x10000000           ; the device
            bf 00 00 20 00          ; mov edi, 0x200000             ; the sieve: 0 for a prime
            8b 33                   ; mov esi, [rbx]                ; the limit
            31 c0                   ; xor eax, eax                  ; primes so far
            b9 02 00 00 00          ; mov ecx, 2                    ; the candidate
                                    ; next:
            80 3c 0f 00             ; cmp byte ptr [rdi + rcx], 0
            75 17                   ; jne composite
            ff c0                   ; inc eax
            48 89 ca                ; mov rdx, rcx
            48 0f af d1             ; imul rdx, rcx                 ; smaller multiples are crossed out
            eb 07                   ; jmp check
                                    ; cross:
            c6 04 17 01             ; mov byte ptr [rdi + rdx], 1
            48 01 ca                ; add rdx, rcx
                                    ; check:
            48 39 f2                ; cmp rdx, rsi
            72 f4                   ; jb cross
                                    ; composite:
            ff c1                   ; inc ecx
            39 f1                   ; cmp ecx, esi
            72 dd                   ; jb next
            48 89 43 08             ; mov [rbx + 8], rax            ; the result
            c7 43 10 01 00 00 00    ; mov dword ptr [rbx + 16], 1   ; done
                                    ; end:
            eb fe                   ; jmp end                       ; hlt is not for CPL 3
            """);

    private LongMode() {}

    /** Runs the guest on {@code /dev/kvm}. */
    public static void main(String[] args) {
        try (Kvm kvm = Kvm.open()) {
            run(kvm, System.out);
        }
    }

    /** Runs the guest and writes what it found to {@code out}. */
    public static ExitCounts run(Kvm kvm, PrintStream out) {
        ExitCounts counts = new ExitCounts();
        try (Vm vm = kvm.createVm();
                MemorySlot ram = vm.addMemory(0, MEMORY_SIZE);
                Vcpu vcpu = vm.createVcpu(0)) {
            writePageTables(ram);
            writeDescriptors(ram);
            ram.write(CODE, GUEST);
            vcpu.x86().setSregs(LongMode::enterLongMode);
            vcpu.x86().setRegs(r -> r.rip(CODE).rflags(2));

            while (true) {
                switch (counts.count(vcpu.run())) {
                    case KvmExit.Mmio mmio when mmio.physAddr() == DEVICE_LIMIT && mmio.isLoad() -> mmio.value(LIMIT);
                    case KvmExit.Mmio mmio
                    when mmio.physAddr() == DEVICE_RESULT && mmio.isStore() ->
                        out.printf("The guest found %d primes below %d.%n", mmio.value(), LIMIT);
                    case KvmExit.Mmio mmio
                    when mmio.physAddr() == DEVICE_DONE && mmio.isStore() -> {
                        return counts;
                    }
                    case KvmExit other -> throw new UnhandledExitException(other);
                }
            }
        }
    }

    /** Maps the lowest GiB to itself, in pages of 2 MiB that user code may write. */
    static void writePageTables(MemorySlot ram) {
        long presentWritableUser = 0b111;
        long largePage = 1 << 7;
        ram.writeLong(PAGE_MAP, PAGE_DIRECTORY_POINTERS | presentWritableUser);
        ram.writeLong(PAGE_DIRECTORY_POINTERS, PAGE_DIRECTORY | presentWritableUser);
        for (int i = 0; i < 512; i++) {
            ram.writeLong(PAGE_DIRECTORY + i * 8L, ((long) i << 21) | presentWritableUser | largePage);
        }
    }

    // Selectors: the index of a descriptor, and the privilege level 3.
    private static final int USER_CODE = 8 | 3;
    private static final int USER_DATA = 16 | 3;

    /** Writes the descriptors that {@link #enterLongMode} loads: none, 64-bit user code, user data. */
    static void writeDescriptors(MemorySlot ram) {
        ram.writeLong(DESCRIPTORS, 0);
        ram.writeLong(DESCRIPTORS + 8, 0x00af_fb00_0000_ffffL);
        ram.writeLong(DESCRIPTORS + 16, 0x00cf_f300_0000_ffffL);
    }

    /** Puts the vCPU where a boot loader and a kernel would have brought it: paging on, 64-bit, CPL 3. */
    static void enterLongMode(KvmSregs s) {
        long protectionEnable = 1;
        long extensionType = 1 << 4;
        long paging = 1L << 31;
        long physicalAddressExtension = 1 << 5;
        long longModeEnable = 1 << 8;
        long longModeActive = 1 << 10;
        s.cr3(PAGE_MAP).cr4(physicalAddressExtension);
        s.cr0(protectionEnable | extensionType | paging).efer(longModeEnable | longModeActive);
        s.gdt().base(DESCRIPTORS).limit(3 * 8 - 1);
        int executeRead = 11;
        int readWrite = 3;
        segment(s.cs(), USER_CODE, executeRead).l(1).db(0);
        segment(s.ds(), USER_DATA, readWrite);
        segment(s.es(), USER_DATA, readWrite);
        segment(s.ss(), USER_DATA, readWrite);
    }

    /** Makes a segment what its descriptor says: all of memory, for user code. */
    private static KvmSegment segment(KvmSegment segment, int selector, int type) {
        return segment.selector(selector)
                .type(type)
                .base(0)
                .limit(-1)
                .g(1)
                .s(1)
                .l(0)
                .db(1)
                .dpl(3)
                .present(1);
    }
}
