package io.kvm4j.examples;

import io.kvm4j.Kvm;
import io.kvm4j.MemoryBacking;
import io.kvm4j.MemorySlot;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.Vcpu;
import io.kvm4j.VcpuThread;
import io.kvm4j.Vm;
import io.kvm4j.channel.Transport;
import io.kvm4j.fault.DemandPager;
import io.kvm4j.fault.PageSourceException;
import io.kvm4j.fault.PagedRegion;
import io.kvm4j.fault.PagerListener;
import io.kvm4j.migration.GuestOwner;
import io.kvm4j.migration.HandOverGuard;
import io.kvm4j.migration.HandOverRecord;
import io.kvm4j.migration.IncomingGuest;
import io.kvm4j.migration.MemoryRange;
import io.kvm4j.migration.MigrationDestination;
import io.kvm4j.migration.MigrationRefusedException;
import io.kvm4j.migration.MigrationSource;
import io.kvm4j.migration.OutgoingGuest;
import io.kvm4j.migration.StoppedGuest;
import io.kvm4j.pages.PageSource;
import io.kvm4j.state.StateFormatException;
import io.kvm4j.state.StateRestoreException;
import io.kvm4j.state.VmSnapshot;
import io.kvm4j.uapi.KvmExit;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A guest that moves from one process to another while it runs, by post-copy: the source stops it and sends its registers,
 * the destination runs it on at once, without memory. A page comes over the network when the guest touches it, and ahead
 * of the rest, which comes meanwhile. If the source is lost, the guest pauses until it is back.
 *
 * <p>At most one copy ever runs. The guest's memory is a file in the source's directory, as is the record of the hand-over,
 * so that the source may die and be started again: before the hand-over the guest has died with it, as with any host, and
 * boots anew; after it, the new process serves the pages and nothing else.
 *
 * <p>The guest works on every byte of its memory over and over, and its checksum depends on all it has ever read: one page
 * that is wrong, stale or lost changes the result.
 */
public final class Postcopy {
    private static final int PAGE = 4096;
    private static final int CODE = 0x10_0000;
    private static final int WORK = 0x20_0000;
    private static final long MOST_MEMORY = 1L << 30;

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

    private Postcopy() {}

    /**
     * What the guest is to do.
     *
     * @param pages how many pages it works on, a power of two
     * @param passes how often
     */
    public record Work(int pages, int passes) {
        /** Refuses what the guest cannot do. */
        public Work {
            if (Integer.bitCount(pages) != 1 || pages < 1 || pages > 1 << 16 || passes < 1) {
                throw new IllegalArgumentException(
                        "%d passes over %d pages: a power of two up to 65536 is possible".formatted(passes, pages));
            }
        }

        /** What the guest's result must be, wherever it ran. */
        public long expected() {
            long[] words = new long[pages * (PAGE / Long.BYTES)];
            long checksum = FIRST_CHECKSUM;
            for (int pass = 0; pass < passes; pass++) {
                for (int i = 0; i < pages; i++) {
                    int page = (i * STRIDE) & (pages - 1);
                    for (int at = page * (PAGE / Long.BYTES), end = at + PAGE / Long.BYTES; at < end; at++) {
                        checksum = Long.rotateLeft(checksum + words[at], 7);
                        words[at] = words[at] * MULTIPLIER + checksum;
                    }
                }
            }
            return checksum;
        }
    }

    /**
     * How a role is played.
     *
     * @param out is told what happens
     * @param reportEvery after how many of the guest's passes there is a line
     * @param pace how long each pass takes at least
     * @param delay how long the source takes, at least, for each piece of memory that it sends
     * @param patience how long the other end may be silent before it counts as lost
     */
    public record Settings(PrintStream out, int reportEvery, Duration pace, Duration delay, Duration patience) {}

    // The source.

    /**
     * Runs the guest until its work is done, or it was moved to a destination that has got all its memory. With the
     * directory of a source that has died it goes on where that one was.
     *
     * @param directory holds the guest's memory and the record of the hand-over; made if it is not there
     * @param listen where destinations find it, and which are trusted; port 0 is any
     * @param undecided who owns the guest if the record of the hand-over can neither be written nor read; null leaves the
     *     guest stopped until it can be read
     * @throws IOException if the directory is in use, or the address
     */
    public static void source(
            Kvm kvm, Work work, Path directory, Transport listen, Settings settings, @Nullable GuestOwner undecided)
            throws IOException, InterruptedException {
        MigrationReport report = new MigrationReport(settings.out, undecided);
        Path memory = directory.resolve("memory");
        try (HandOverRecord handOver = HandOverRecord.open(directory)) {
            if (handOver.isHandedOver()) {
                settings.out.println("the guest was handed over: serving its memory, running nothing");
                PageSource pages = delayed(PageSource.file(memory), settings.delay);
                try (MigrationSource source =
                        MigrationSource.listen(listen, handOver, pages, null, settings.patience, report)) {
                    serve(source, settings.out);
                } finally {
                    pages.abort();
                }
            } else {
                runUntilMoved(kvm, work, memory, handOver, listen, settings, report);
            }
        }
    }

    private static void serve(MigrationSource source, PrintStream out) throws IOException {
        out.println("listening on " + source.describeAddress());
        if (source.run()) {
            out.println("the destination has all of the guest");
        }
    }

    private static void runUntilMoved(
            Kvm kvm,
            Work work,
            Path file,
            HandOverRecord handOver,
            Transport listen,
            Settings settings,
            MigrationReport report)
            throws IOException, InterruptedException {
        try (Arena arena = Arena.ofShared();
                Vm vm = kvm.createVm();
                MemorySlot ram =
                        vm.addMemory(0, MemoryBacking.of(newMemory(file, WORK + (long) work.pages * PAGE, arena)));
                Vcpu vcpu = vm.createVcpu(0)) {
            boot(ram, vcpu, work);
            Device device = new Device(settings);
            VcpuThread thread = vcpu.thread(device::serve);
            HandOverGuard guest = new HandOverGuard(vm.threads());
            PageSource pages = delayed(PageSource.file(file), settings.delay);
            try (MigrationSource source = MigrationSource.listen(
                    listen, handOver, pages, new Outgoing(guest, vm, thread, ram), settings.patience, report)) {
                report.decideFor(source);
                FutureTask<?> serving = new FutureTask<>(() -> {
                    serve(source, settings.out);
                    return null;
                });
                Thread.ofPlatform().name("migration-source").daemon().start(serving);
                thread.start();
                thread.join();
                if (guest.isHandedOver()) {
                    serving.get();
                } else {
                    settings.out.printf("result %016x%n", device.checksum);
                }
            } catch (ExecutionException e) {
                throw new IOException("the source listens no longer: " + e.getMessage(), e);
            } finally {
                pages.abort();
            }
        }
    }

    /** The same pages from a slower place. */
    private static PageSource delayed(PageSource pages, Duration delay) {
        return new PageSource() {
            @Override
            public int read(long offset, ByteBuffer into) throws IOException {
                LockSupport.parkNanos(delay.toNanos());
                return pages.read(offset, into);
            }

            @Override
            public void abort() {
                pages.abort();
            }
        };
    }

    /** Maps a file of zeros, whatever was there before. */
    private static MemorySegment newMemory(Path file, long size, Arena arena) throws IOException {
        try (FileChannel channel = PrivateFiles.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            return channel.map(MapMode.READ_WRITE, 0, size, arena);
        }
    }

    private static void boot(MemorySlot ram, Vcpu vcpu, Work work) {
        LongMode.writePageTables(ram);
        LongMode.writeDescriptors(ram);
        ram.write(CODE, GUEST);
        vcpu.x86().setSregs(LongMode::enterLongMode);
        vcpu.x86()
                .setRegs(r -> r.rip(CODE)
                        .rflags(2)
                        .rbx(DEVICE_PASS)
                        .rdi(WORK)
                        .rsi(work.pages)
                        .r8(work.passes)
                        .r10(MULTIPLIER)
                        .r12(0)
                        .r13(FIRST_CHECKSUM));
    }

    /** The guest, as its migration sees it. */
    private record Outgoing(HandOverGuard guest, Vm vm, VcpuThread thread, MemorySlot ram) implements OutgoingGuest {
        @Override
        public StoppedGuest stop() throws MigrationRefusedException, InterruptedException {
            guest.pause();
            guest.awaitPause();
            if (thread.hasEnded()) {
                throw new MigrationRefusedException("the guest has ended");
            }
            return new StoppedGuest(List.of(new MemoryRange(ram.gpa(), ram.size())), save(vm));
        }

        @Override
        public void resume() {
            guest.resume();
        }

        @Override
        public void handOver() throws InterruptedException {
            guest.handOver();
        }

        @Override
        public void takeBack() {
            guest.takeBack();
        }

        @Override
        public void end() {
            guest.stop();
        }
    }

    // The destination.

    /**
     * Waits for the guest of a source, and runs it to the end of its work.
     *
     * @return the result
     * @throws MigrationRefusedException if the source has no guest to give
     * @throws IOException if what the source sends makes no sense
     */
    public static long destination(Kvm kvm, Transport source, Settings settings)
            throws IOException, InterruptedException {
        MigrationDestination destination = new MigrationDestination(
                source, MOST_MEMORY, settings.patience, new MigrationReport(settings.out, null));
        while (true) {
            try (IncomingGuest arrival = destination.receive()) {
                Device device = new Device(settings);
                if (run(kvm, arrival, device, settings)) {
                    release(arrival, settings.out);
                    return device.checksum;
                }
                settings.out.println("the source has kept the guest");
            }
        }
    }

    /** Returns false if the source has kept the guest. */
    private static boolean run(Kvm kvm, IncomingGuest arrival, Device device, Settings settings)
            throws IOException, InterruptedException {
        PrintStream out = settings.out;
        StoppedGuest stopped = arrival.guest();
        PageSource pages;
        try {
            pages = arrival.connectPages();
        } catch (IOException e) {
            out.println("lost the source: " + e.getMessage());
            return false;
        }
        BlockingQueue<PageSourceException> losses = new LinkedBlockingQueue<>();
        try (Vm vm = kvm.createVm();
                MemorySlot ram = vm.addMemory(0, sizeOf(stopped));
                DemandPager pager = DemandPager.builder(pages)
                        .region(PagedRegion.of(ram))
                        .guest(vm.threads())
                        .background(true)
                        .patience(settings.patience)
                        .listener(telling(losses, out))
                        .start()) {
            VcpuThread thread = load(stopped.state(), vm).thread(device::serve);
            if (!arrival.takeOver()) {
                return false;
            }
            out.printf("the guest is ours: running it with %d pages missing%n", pager.missingPages());
            Thread recovery =
                    Thread.ofPlatform().name("recovery").daemon().start(() -> recover(pager, losses, arrival, out));
            thread.start();
            thread.join();
            recovery.interrupt();
            if (!device.done) {
                throw new IOException("the guest was stopped: " + pager.cause());
            }
            return true;
        }
    }

    private static long sizeOf(StoppedGuest guest) throws IOException {
        if (guest.memory().size() != 1 || guest.memory().getFirst().gpa() != 0) {
            throw new IOException("a guest with memory at " + guest.memory() + ", where this VMM knows one range at 0");
        }
        return guest.memory().getFirst().size();
    }

    private static PagerListener telling(BlockingQueue<PageSourceException> losses, PrintStream out) {
        return new PagerListener() {
            @Override
            public void sourceLost(PageSourceException cause) {
                losses.add(cause);
            }

            @Override
            public void complete() {
                out.println("all memory is here");
            }
        };
    }

    /** Gives the pager another connection whenever one is lost; the guest is paused meanwhile. */
    private static void recover(
            DemandPager pager, BlockingQueue<PageSourceException> losses, IncomingGuest arrival, PrintStream out) {
        try {
            while (true) {
                out.println("paused: " + losses.take().getMessage());
                pager.resume(arrival.reconnectPages());
                out.println("resumed");
            }
        } catch (InterruptedException e) {
            // The guest has ended.
        }
    }

    private static void release(IncomingGuest arrival, PrintStream out) {
        try {
            arrival.release();
        } catch (IOException e) {
            out.println("the source is not told that it may end: " + e.getMessage());
        }
    }

    // What both have in common.

    private static ByteBuffer save(Vm vm) {
        return ByteBuffer.wrap(VmSnapshot.save(vm).toBytes());
    }

    /** Reads all of the state, and only then makes a vCPU of it. */
    private static Vcpu load(ByteBuffer state, Vm vm) throws IOException {
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

    /** What the guest tells of its work. */
    private static final class Device {
        private final Settings settings;
        private volatile long checksum;
        private volatile boolean done;

        Device(Settings settings) {
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
                if (value % settings.reportEvery == 0) {
                    settings.out.printf("pass %d: checksum %016x%n", value, checksum);
                }
                Thread.sleep(settings.pace);
            } else if (address == DEVICE_CHECKSUM || address == DEVICE_RESULT) {
                checksum = value;
                done = address == DEVICE_RESULT;
            } else {
                throw new IllegalStateException("the device has no register at 0x%x".formatted(address));
            }
        }
    }
}
