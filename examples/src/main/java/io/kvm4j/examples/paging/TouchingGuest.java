package io.kvm4j.examples.paging;

import io.kvm4j.MemorySlot;
import io.kvm4j.Vcpu;
import io.kvm4j.examples.MachineCode;
import io.kvm4j.uapi.x86_64.KvmSegment;
import io.kvm4j.uapi.x86_64.KvmSregs;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The guest: 64-bit code at CPL 3, the same for every vCPU. Each touches all pages of a part of its own, once, notes what
 * each touch took by the time stamp counter, and compares a word with what it must be; then it compares all others. It
 * tells how far it is by a store to {@link #DOORBELL}, which is no memory.
 *
 * @param vcpus how many vCPUs there are
 * @param pagesEach how many pages each one touches
 */
public record TouchingGuest(int vcpus, int pagesEach) {
    /** The bytes of a page. */
    public static final int PAGE = 4096;

    /** Where a vCPU says how far it is, by one of the numbers below. */
    public static final long DOORBELL = 0x3000_0000;

    /** The vCPU waits to be let go. */
    public static final int READY = 1;

    /** It has touched all its pages, and the first word of each was right. */
    public static final int TOUCHED = 2;

    /** All words of all its pages were right. */
    public static final int CHECKED = 3;

    /** A word was wrong: rdi holds where, rbp what. */
    public static final int WRONG = 4;

    /** Where the memory starts that is touched. Addresses are physical and virtual alike. */
    public static final long TOUCHED_MEMORY = 1L << 30;

    /** What a word of that memory holds is this, plus its address. */
    public static final long KEY = 0x6b76_6d34_6a00_0001L;

    private static final int PAGE_MAP = 0x1000;
    private static final int PAGE_DIRECTORY_POINTERS = 0x2000;

    /** Where the code lies and starts. */
    public static final int CODE = 0x3000;

    private static final int PAGE_DIRECTORIES = 0x4000;
    private static final int LARGE_PAGES_EACH = 512;

    /** All vCPUs find in rbx the doorbell, r12 the first page, r13 how many, r14 room for times, r15 the key. */
    private static final byte[] INSTRUCTIONS = MachineCode.of("""
            4c 89 f7                ; mov rdi, r14
            4c 89 e9                ; mov rcx, r13
            31 c0                   ; xor eax, eax
            f3 48 ab                ; rep stosq                         ; so that times cause no faults later
            c7 03 01 00 00 00       ; mov dword ptr [rbx], 1            ; ready
            4c 89 e7                ; mov rdi, r12
            4c 89 f6                ; mov rsi, r14
            4c 89 e9                ; mov rcx, r13
                                    ; touch:
            0f ae e8                ; lfence
            0f 31                   ; rdtsc
            48 c1 e2 20             ; shl rdx, 32
            4c 8d 04 02             ; lea r8, [rdx + rax]
            48 8b 2f                ; mov rbp, [rdi]                    ; nothing is there yet
            0f ae e8                ; lfence
            0f 31                   ; rdtsc
            48 c1 e2 20             ; shl rdx, 32
            48 09 d0                ; or rax, rdx
            4c 29 c0                ; sub rax, r8
            48 89 06                ; mov [rsi], rax                    ; what it took
            48 83 c6 08             ; add rsi, 8
            4a 8d 14 3f             ; lea rdx, [rdi + r15]
            48 39 d5                ; cmp rbp, rdx
            75 39                   ; jne wrong
            48 81 c7 00 10 00 00    ; add rdi, 4096
            48 ff c9                ; dec rcx
            75 c5                   ; jnz touch
            c7 03 02 00 00 00       ; mov dword ptr [rbx], 2            ; touched
            4c 89 e7                ; mov rdi, r12
            4c 89 e9                ; mov rcx, r13
            48 c1 e1 09             ; shl rcx, 9                        ; 512 words a page
                                    ; check:
            4a 8d 14 3f             ; lea rdx, [rdi + r15]
            48 8b 2f                ; mov rbp, [rdi]
            48 39 d5                ; cmp rbp, rdx
            75 11                   ; jne wrong
            48 83 c7 08             ; add rdi, 8
            48 ff c9                ; dec rcx
            75 eb                   ; jnz check
            c7 03 03 00 00 00       ; mov dword ptr [rbx], 3            ; checked
                                    ; end:
            eb fe                   ; jmp end                           ; hlt is not for CPL 3
                                    ; wrong:
            c7 03 04 00 00 00       ; mov dword ptr [rbx], 4
            eb f6                   ; jmp end
            """);

    /** The code, for those who run it by other means. */
    public static byte[] code() {
        return INSTRUCTIONS.clone();
    }

    /** The bytes of the memory that is touched. */
    public long touchedBytes() {
        return (long) vcpus * pagesEach * PAGE;
    }

    /** The bytes of the memory at 0: page tables, code, and times. */
    long ownBytes() {
        return (times(vcpus) + PAGE - 1) & -PAGE;
    }

    /** Where a vCPU notes its times, 8 bytes for each page. */
    private long times(int vcpu) {
        return PAGE_DIRECTORIES + gigabytes() * PAGE + (long) vcpu * pagesEach * Long.BYTES;
    }

    /** How many there are up to the end of memory. */
    private int gigabytes() {
        return (int) ((TOUCHED_MEMORY + touchedBytes() + (1L << 30) - 1) >>> 30);
    }

    private long part(int vcpu) {
        return TOUCHED_MEMORY + (long) vcpu * pagesEach * PAGE;
    }

    /** Writes what the memory that is touched must hold. */
    static void fill(MemorySegment content) {
        for (long at = 0; at < content.byteSize(); at += Long.BYTES) {
            content.set(ValueLayout.JAVA_LONG, at, TOUCHED_MEMORY + at + KEY);
        }
    }

    /** Writes page tables, which map all memory to itself in pages of 2 MiB for user code, and the code. */
    void writeTo(MemorySlot own) {
        long presentWritableUser = 0b111;
        long largePage = 1 << 7;
        own.writeLong(PAGE_MAP, PAGE_DIRECTORY_POINTERS | presentWritableUser);
        for (int i = 0; i < gigabytes(); i++) {
            own.writeLong(PAGE_DIRECTORY_POINTERS + i * 8L, (PAGE_DIRECTORIES + (long) i * PAGE) | presentWritableUser);
        }
        for (long i = 0; i < (long) gigabytes() * LARGE_PAGES_EACH; i++) {
            own.writeLong(PAGE_DIRECTORIES + i * 8, (i << 21) | presentWritableUser | largePage);
        }
        own.write(CODE, INSTRUCTIONS);
    }

    /** Puts a vCPU at the start of the code, in long mode at CPL 3. */
    void prepare(Vcpu vcpu) {
        vcpu.x86().setSregs(TouchingGuest::enterLongMode);
        vcpu.x86()
                .setRegs(r -> r.rip(CODE)
                        .rflags(2)
                        .rbx(DOORBELL)
                        .r12(part(vcpu.id()))
                        .r13(pagesEach)
                        .r14(times(vcpu.id()))
                        .r15(KEY));
    }

    private static void enterLongMode(KvmSregs s) {
        long protectionEnable = 1;
        long extensionType = 1 << 4;
        long paging = 1L << 31;
        long physicalAddressExtension = 1 << 5;
        long longModeEnable = 1 << 8;
        long longModeActive = 1 << 10;
        s.cr3(PAGE_MAP).cr4(physicalAddressExtension);
        s.cr0(protectionEnable | extensionType | paging).efer(longModeEnable | longModeActive);
        int executeRead = 11;
        int readWrite = 3;
        userSegment(s.cs(), 0x2b, executeRead).l(1).db(0);
        userSegment(s.ss(), 0x23, readWrite);
        userSegment(s.ds(), 0x23, readWrite);
        userSegment(s.es(), 0x23, readWrite);
    }

    private static KvmSegment userSegment(KvmSegment segment, int selector, int type) {
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

    /** How long each touch took, of all vCPUs, in ticks of the time stamp counter. */
    long[] ticks(MemorySlot own) {
        long[] ticks = new long[vcpus * pagesEach];
        MemorySegment.copy(own.segment(), ValueLayout.JAVA_LONG, times(0), ticks, 0, ticks.length);
        return ticks;
    }
}
