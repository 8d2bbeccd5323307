package io.kvm4j.examples;

import io.kvm4j.Kvm;
import io.kvm4j.MemorySlot;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.Vcpu;
import io.kvm4j.VcpuThread;
import io.kvm4j.Vm;
import io.kvm4j.dirty.DirtyBitmap;
import io.kvm4j.dirty.DirtyPages;
import io.kvm4j.dirty.DirtyRings;
import io.kvm4j.uapi.KvmExit;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The memory of a guest is copied while it runs, as for a live migration (pre-copy): first all of it, then what was written
 * meanwhile, and so on. Each round takes less time than the one before, so that less is written during it. When little is
 * left the guest stops, and the rest is copied.
 */
public final class DirtyLog {
    /** How to learn which pages were written to. */
    public enum Way {
        /** KVM is asked for a bitmap. */
        BITMAP,
        /** Each vCPU notes what it writes in a ring. */
        RINGS
    }

    private static final int PAGE = 4096;
    private static final int MEMORY_SIZE = 0x90000;
    private static final int CODE = 0x1000;
    private static final int DISK = 0x10;
    private static final int RING_ENTRIES = 1024;

    /** So few pages are copied while the guest stands. */
    private static final int FEW = 4;

    private static final int MOST_ROUNDS = 30;
    private static final Duration DISK_TIME = Duration.ofMillis(2);
    private static final Duration WIRE_TIME_PER_PAGE = Duration.ofNanos(100_000);

    private static final byte[] GUEST = MachineCode.of("""
                                    ; next:
            69 db 6d 4e             ; imul bx, bx, 0x4e6d           ; a random number
            81 c3 39 30             ; add bx, 0x3039
            89 d8                   ; mov ax, bx
            25 00 7f                ; and ax, 0x7f00                ; chooses one of 128 pages
            05 00 10                ; add ax, 0x1000                ; from 0x10000 on
            8e c0                   ; mov es, ax
            41                      ; inc cx
            26 89 0e 00 00          ; mov es:[0], cx                ; which is written to
            e6 10                   ; out 0x10, al                  ; and then to the disk, which takes its time
            eb e4                   ; jmp next
            """);

    private DirtyLog() {}

    /** Runs the guest on {@code /dev/kvm}. */
    public static void main(String[] args) throws InterruptedException {
        try (Kvm kvm = Kvm.open()) {
            run(kvm, Way.BITMAP, System.out);
        }
    }

    /**
     * Runs the guest, copies its memory, and writes how that goes to {@code out}.
     *
     * @throws UnsupportedOperationException if the kernel lacks the way
     * @throws InterruptedException if the caller is interrupted; the guest is stopped
     */
    public static void run(Kvm kvm, Way way, PrintStream out) throws InterruptedException {
        try (Vm vm = kvm.createVm();
                MemorySlot ram = vm.addMemory(0, MEMORY_SIZE);
                Arena arena = Arena.ofConfined()) {
            ram.logDirtyPages(true);
            ram.write(CODE, GUEST);
            Dirty dirty = way == Way.BITMAP ? byBitmap(ram) : byRings(vm, ram);
            start(vm.createVcpu(0));

            MemorySegment copy = arena.allocate(MEMORY_SIZE, PAGE);
            send(ram, copy, out);
            sendWhatIsWritten(ram, dirty, copy, out);
            vm.threads().pauseAndWait();
            long last = send(ram, dirty.take(), copy);
            out.printf("The guest stands: %d pages sent.%n", last);
            requireEqual(ram, copy);
            out.printf("The copy equals the guest's memory, all %d pages of it.%n", MEMORY_SIZE / PAGE);
        }
    }

    /** Tells what was written since it was last asked. */
    private interface Dirty {
        DirtyPages take();
    }

    private static Dirty byBitmap(MemorySlot ram) {
        DirtyBitmap bitmap = DirtyBitmap.of(ram);
        return () -> {
            bitmap.read();
            return bitmap;
        };
    }

    /** The rings are larger than the guest has pages, so that they are never full. */
    private static Dirty byRings(Vm vm, MemorySlot ram) {
        DirtyRings rings = DirtyRings.enable(vm, RING_ENTRIES);
        return () -> rings.take(ram);
    }

    private static void start(Vcpu vcpu) {
        vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
        vcpu.x86().setRegs(r -> r.rip(CODE).rflags(2));
        vcpu.start(DirtyLog::loop);
    }

    private static void loop(VcpuThread cpu) {
        while (cpu.run()) {
            switch (cpu.exit()) {
                case KvmExit.Io io when io.isOut() && io.port() == DISK -> LockSupport.parkNanos(DISK_TIME.toNanos());
                case KvmExit other -> throw new UnhandledExitException(other);
            }
        }
    }

    private static void send(MemorySlot ram, MemorySegment copy, PrintStream out) {
        for (long page = 0; page < MEMORY_SIZE / PAGE; page++) {
            send(ram, page, copy);
        }
        out.printf("Round 1: all %d pages sent.%n", MEMORY_SIZE / PAGE);
    }

    /** Sends what was written during the round before, until that is little. */
    private static void sendWhatIsWritten(MemorySlot ram, Dirty dirty, MemorySegment copy, PrintStream out) {
        long sent;
        int round = 2;
        do {
            sent = send(ram, dirty.take(), copy);
            out.printf("Round %d: %d pages sent.%n", round, sent);
            round++;
        } while (sent > FEW && round <= MOST_ROUNDS);
    }

    private static long send(MemorySlot ram, DirtyPages dirty, MemorySegment copy) {
        for (long page = dirty.nextDirty(0); page >= 0; page = dirty.nextDirty(page + 1)) {
            send(ram, page, copy);
        }
        return dirty.count();
    }

    /** Copies a page as if it went over a wire. */
    private static void send(MemorySlot ram, long page, MemorySegment copy) {
        MemorySegment.copy(ram.segment(), page * PAGE, copy, page * PAGE, PAGE);
        LockSupport.parkNanos(WIRE_TIME_PER_PAGE.toNanos());
    }

    private static void requireEqual(MemorySlot ram, MemorySegment copy) {
        long difference = ram.segment().mismatch(copy);
        if (difference >= 0) {
            throw new IllegalStateException("the copy differs from the guest's memory at 0x%x".formatted(difference));
        }
    }
}
