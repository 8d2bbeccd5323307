package io.kvm4j.dirty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.kvm4j.MemoryBacking;
import io.kvm4j.MemorySlot;
import io.kvm4j.UserModeGuest;
import io.kvm4j.Vcpu;
import io.kvm4j.uapi.KvmExit;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;

/** A guest at CPL 3 that writes to pages of a slot of its own, which logs them. */
final class WritingGuest {
    static final int PAGES = 1024;
    static final int PAGE = 4096;

    /**
     * {@code next: mov rdi, [rsi]; mov [rdi], rax; add rsi, 8; dec ecx; jnz next; mov [NOTHING], al; end: jmp end}: writes to
     * the addresses of a list, and says when it has.
     */
    private static final String WRITE_LISTED = "48 8b 3e 48 89 07 48 83 c6 08 ff c9 75 f2 88 04 25 00 00 30 00 eb fe";

    /**
     * Writes an ever greater number to a page that a random number in rdx chooses (xorshift: left by 13, right by 7, left by
     * 17), and so on for ever: {@code again: …; mov rbx, rdx; and ebx, 1023; shl rbx, 12; inc rax; mov [rdi + rbx], rax; jmp
     * again}.
     */
    private static final String WRITE_RANDOM = "48 89 d3 48 c1 e3 0d 48 31 da 48 89 d3 48 c1 eb 07 48 31 da"
            + " 48 89 d3 48 c1 e3 11 48 31 da 48 89 d3 81 e3 ff 03 00 00 48 c1 e3 0c 48 ff c0 48 89 04 1f eb cc";

    private static final int LIST = 0x40000;
    private static final int CODE = 0x10000;

    private WritingGuest() {}

    /** Gives a guest the slot. */
    static MemorySlot addPages(UserModeGuest guest) {
        MemorySlot slot = guest.vm.addMemory(UserModeGuest.WIDE, MemoryBacking.anonymous((long) PAGES * PAGE));
        slot.logDirtyPages(true);
        return slot;
    }

    /** A vCPU for {@link #write}. */
    static Vcpu writer(UserModeGuest guest) {
        return guest.vcpu(0, WRITE_LISTED);
    }

    /** Lets a vCPU of {@link #writer} begin to write to pages. */
    static KvmExit begin(UserModeGuest guest, Vcpu vcpu, SortedSet<Long> pages) {
        long address = LIST;
        for (long page : pages) {
            guest.ram.writeLong(address, UserModeGuest.WIDE + page * PAGE);
            address += Long.BYTES;
        }
        vcpu.x86().setRegs(r -> r.rip(CODE).rsi(LIST).rcx(pages.size()).rax(7));
        return vcpu.run();
    }

    /** Lets a vCPU of {@link #writer} write to pages. */
    static void write(UserModeGuest guest, Vcpu vcpu, SortedSet<Long> pages) {
        assertWritten(begin(guest, vcpu, pages));
    }

    static void assertWritten(KvmExit exit) {
        assertEquals(
                UserModeGuest.NOTHING,
                assertInstanceOf(KvmExit.Mmio.class, exit).physAddr());
    }

    /** A vCPU that writes to random pages for ever. */
    static Vcpu randomWriter(UserModeGuest guest, int id) {
        Vcpu vcpu = guest.vcpu(id, WRITE_RANDOM);
        vcpu.x86().setRegs(r -> r.rdi(UserModeGuest.WIDE).rdx(id + 1).rax((long) id << 48));
        return vcpu;
    }

    static SortedSet<Long> randomPages(Random random, int count) {
        SortedSet<Long> pages = new TreeSet<>();
        while (pages.size() < count) {
            pages.add((long) random.nextInt(PAGES));
        }
        return pages;
    }

    static SortedSet<Long> listed(DirtyPages dirty) {
        SortedSet<Long> pages = new TreeSet<>();
        for (long page = dirty.nextDirty(0); page >= 0; page = dirty.nextDirty(page + 1)) {
            pages.add(page);
        }
        return pages;
    }
}
