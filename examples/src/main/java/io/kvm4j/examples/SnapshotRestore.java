package io.kvm4j.examples;

import io.kvm4j.Kvm;
import io.kvm4j.MemorySlot;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.Vcpu;
import io.kvm4j.VcpuThread;
import io.kvm4j.Vm;
import io.kvm4j.fault.DemandPager;
import io.kvm4j.fault.PageSourceException;
import io.kvm4j.fault.PagedRegion;
import io.kvm4j.fault.PagerListener;
import io.kvm4j.pages.PageSource;
import io.kvm4j.state.StateFormatException;
import io.kvm4j.state.VmSnapshot;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.x86_64.KvmSegment;
import io.kvm4j.uapi.x86_64.KvmSregs;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A guest is saved to a directory in the middle of its work, and goes on in another VM, whose memory comes from the
 * directory page by page, when the guest touches it. What it finds in the end is what it finds when nobody interrupts it.
 */
public final class SnapshotRestore {
    private static final int PAGE = 4096;
    private static final int ROUNDS = 64;

    // The guest's memory: page tables, code, and 512 pages of numbers. Addresses are physical and virtual alike.
    private static final int MEMORY_SIZE = 4 << 20;
    private static final int PAGE_MAP = 0x1000;
    private static final int PAGE_DIRECTORY_POINTERS = 0x2000;
    private static final int PAGE_DIRECTORY = 0x3000;
    private static final int CODE = 0x10_0000;

    // The device: registers of 8 bytes each.
    private static final long DEVICE_ROUND = 0x1000_0000;
    private static final long DEVICE_RESULT = DEVICE_ROUND + 8;

    /** Goes through its pages again and again, and mixes what it finds in each with what it has found so far. */
    private static final byte[] GUEST = MachineCode.of("""
            bb 00 00 00 10                  ; mov ebx, 0x10000000               ; the device
            48 b9 2d 7f 95 4c 2d f4 51 58   ; mov rcx, 6364136223846793005
            b8 01 00 00 00                  ; mov eax, 1                        ; what it has found
            ba 40 00 00 00                  ; mov edx, 64                       ; rounds
                                            ; round:
            bf 00 00 20 00                  ; mov edi, 0x200000                 ; the first page
                                            ; page:
            48 0f af c1                     ; imul rax, rcx
            48 03 07                        ; add rax, [rdi]
            48 89 07                        ; mov [rdi], rax
            48 81 c7 00 10 00 00            ; add rdi, 4096
            81 ff 00 00 40 00               ; cmp edi, 0x400000
            72 e7                           ; jb page
            48 89 03                        ; mov [rbx], rax                    ; a round is over
            ff ca                           ; dec edx
            75 db                           ; jnz round
            48 89 43 08                     ; mov [rbx + 8], rax                ; the result
                                            ; end:
            eb fe                           ; jmp end
            """);

    private SnapshotRestore() {}

    /** Saves the guest to the directory that is named, and restores it, on {@code /dev/kvm}. */
    public static void main(String[] args) throws IOException, InterruptedException {
        try (Kvm kvm = Kvm.open()) {
            save(kvm, Path.of(args[0]), System.out);
            restore(kvm, Path.of(args[0]), System.out);
        }
    }

    /** A snapshot cannot be written or read; the message is one line that says why. */
    public static final class SnapshotException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private SnapshotException(String message) {
            super(message);
        }
    }

    /**
     * Runs the guest for half of its rounds, and saves it.
     *
     * @param directory where to, a new one
     * @throws SnapshotException if the directory exists
     * @throws IOException if it cannot be written
     */
    public static void save(Kvm kvm, Path directory, PrintStream out) throws IOException {
        try (Vm vm = kvm.createVm();
                MemorySlot ram = vm.addMemory(0, MEMORY_SIZE);
                Vcpu vcpu = vm.createVcpu(0)) {
            boot(ram, vcpu);
            long found = run(vcpu, ROUNDS / 2);
            save(vm, ram, directory);
            out.printf("After %d of %d rounds the guest has found %x, and is saved.%n", ROUNDS / 2, ROUNDS, found);
        }
    }

    /**
     * Restores the guest and runs it to its end.
     *
     * @throws SnapshotException if the snapshot is missing or damaged, or the guest finds something else than it does
     *     without an interruption
     * @throws IOException if the snapshot cannot be read
     * @throws InterruptedException if the caller is interrupted; the guest is stopped
     */
    public static void restore(Kvm kvm, Path directory, PrintStream out) throws IOException, InterruptedException {
        Snapshot snapshot = Snapshot.open(directory);
        AtomicReference<@Nullable PageSourceException> lost = new AtomicReference<>();
        AtomicLong found = new AtomicLong();
        try (Vm vm = kvm.createVm();
                MemorySlot ram = vm.addMemory(0, MEMORY_SIZE);
                DemandPager pager = DemandPager.builder(snapshot)
                        .region(PagedRegion.of(ram))
                        .guest(vm.threads())
                        .listener(stopWhenLost(vm, lost))
                        .start()) {
            Vcpu vcpu = snapshot.state().restore(vm).vcpus().getFirst();
            vcpu.start(cpu -> loop(cpu, found)).join();

            PageSourceException cause = lost.get();
            if (cause != null) {
                throw new SnapshotException(messageOf(cause));
            }
            out.printf(
                    "The restored guest went on with %d pages, which came as it touched them.%n",
                    pager.figures().total().pages());
            sayWhyThereIsNoOther(pager, out);
        }
        compare(kvm, found.get(), out);
    }

    /** A snapshot of a machine whose memory is not there yet would be one of zeros. */
    private static void sayWhyThereIsNoOther(DemandPager pager, PrintStream out) {
        try {
            pager.requireComplete("snapshot");
        } catch (IllegalStateException e) {
            out.println("Another snapshot is refused: " + e.getMessage());
        }
    }

    private static void compare(Kvm kvm, long found, PrintStream out) {
        try (Vm vm = kvm.createVm();
                MemorySlot ram = vm.addMemory(0, MEMORY_SIZE);
                Vcpu vcpu = vm.createVcpu(0)) {
            boot(ram, vcpu);
            long expected = run(vcpu, ROUNDS);
            if (found != expected) {
                throw new SnapshotException(
                        "the restored guest found %x, without an interruption it finds %x".formatted(found, expected));
            }
            out.printf("It found %x, as it does without an interruption.%n", found);
        }
    }

    /** Runs the guest until it has told the end of some rounds. Returns what it has found by then. */
    private static long run(Vcpu vcpu, int rounds) {
        long found = 0;
        for (int round = 0; round < rounds; ) {
            switch (vcpu.run()) {
                case KvmExit.Mmio mmio
                when mmio.physAddr() == DEVICE_ROUND && mmio.isStore() -> {
                    found = mmio.value();
                    round++;
                }
                case KvmExit other -> throw new UnhandledExitException(other);
            }
        }
        return found;
    }

    private static void loop(VcpuThread cpu, AtomicLong found) {
        while (cpu.run()) {
            switch (cpu.exit()) {
                case KvmExit.Mmio mmio when mmio.physAddr() == DEVICE_ROUND && mmio.isStore() -> {}
                case KvmExit.Mmio mmio
                when mmio.physAddr() == DEVICE_RESULT && mmio.isStore() -> {
                    found.set(mmio.value());
                    return;
                }
                case KvmExit other -> throw new UnhandledExitException(other);
            }
        }
    }

    /** The pager pauses a guest whose pages cannot be had; here nobody will bring them later. */
    private static PagerListener stopWhenLost(Vm vm, AtomicReference<@Nullable PageSourceException> lost) {
        return new PagerListener() {
            @Override
            public void sourceLost(PageSourceException cause) {
                lost.set(cause);
                vm.threads().stop();
            }
        };
    }

    /** What the source itself said. */
    private static String messageOf(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? String.valueOf(failure.getMessage()) : messageOf(cause);
    }

    // What a snapshot consists of. The state is written last: a directory without it is none.
    private static final String MEMORY = "memory";
    private static final String CHECKSUMS = "checksums";
    private static final String STATE = "state";

    private static final int CHECKSUMS_SIZE = MEMORY_SIZE / PAGE * Integer.BYTES;
    private static final int MOST_STATE = 1 << 20;

    /** Saves a guest that stands. */
    private static void save(Vm vm, MemorySlot ram, Path directory) throws IOException {
        createNew(directory);
        VmSnapshot state = VmSnapshot.save(vm);
        byte[] memory = new byte[MEMORY_SIZE];
        ram.read(0, memory);
        ByteBuffer checksums = ByteBuffer.allocate(CHECKSUMS_SIZE);
        for (int page = 0; page < MEMORY_SIZE; page += PAGE) {
            checksums.putInt(checksum(ByteBuffer.wrap(memory, page, PAGE)));
        }
        write(directory.resolve(MEMORY), memory);
        write(directory.resolve(CHECKSUMS), checksums.array());
        write(directory.resolve(STATE), state.toBytes());
    }

    private static void createNew(Path directory) throws IOException {
        try {
            PrivateFiles.createDirectory(directory);
        } catch (FileAlreadyExistsException _) {
            throw new SnapshotException(directory + " exists: name a new directory for the snapshot");
        } catch (NoSuchFileException _) {
            throw new SnapshotException(directory + " cannot be made: the directory that it is to be in is missing");
        }
    }

    /** Makes a file appear whole, and on the disk, or not at all. */
    private static void write(Path file, byte[] content) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        try (FileChannel channel =
                PrivateFiles.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer left = ByteBuffer.wrap(content);
            while (left.hasRemaining()) {
                channel.write(left);
            }
            channel.force(true);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static int checksum(ByteBuffer page) {
        CRC32C crc = new CRC32C();
        crc.update(page);
        return (int) crc.getValue();
    }

    /** A snapshot: the states, and the pages of the memory, each of which is checked when it is read. */
    private record Snapshot(Path file, PageSource memory, ByteBuffer checksums, VmSnapshot state)
            implements PageSource {

        /** Reads everything but the memory, before anything is restored. */
        static Snapshot open(Path directory) throws IOException {
            byte[] state = read(directory, STATE, MOST_STATE);
            byte[] checksums = read(directory, CHECKSUMS, CHECKSUMS_SIZE);
            Path memory = directory.resolve(MEMORY);
            requireSize(directory.resolve(CHECKSUMS), checksums.length, CHECKSUMS_SIZE);
            requireSize(memory, Files.exists(memory) ? Files.size(memory) : 0, MEMORY_SIZE);
            try {
                VmSnapshot parsed = VmSnapshot.parse(state);
                requireOneVcpu(directory.resolve(STATE), parsed);
                return new Snapshot(memory, PageSource.file(memory), ByteBuffer.wrap(checksums), parsed);
            } catch (StateFormatException e) {
                throw new SnapshotException(directory.resolve(STATE) + ": " + e.getMessage());
            }
        }

        /** Reads a file that may be anyone's: no more than it can have, and no device or pipe, which may never end. */
        private static byte[] read(Path directory, String name, int most) throws IOException {
            Path file = directory.resolve(name);
            if (!Files.exists(file)) {
                throw new SnapshotException("%s is no snapshot: it has no file %s".formatted(directory, name));
            }
            if (!Files.isRegularFile(file)) {
                throw new SnapshotException("%s is no regular file".formatted(file));
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] content = in.readNBytes(most + 1);
                if (content.length > most) {
                    throw new SnapshotException(
                            "%s has more than the %d bytes that are possible".formatted(file, most));
                }
                return content;
            }
        }

        private static void requireOneVcpu(Path file, VmSnapshot state) {
            if (state.vcpus().size() != 1) {
                throw new SnapshotException("%s is of a machine with %d vCPUs, this one has 1"
                        .formatted(file, state.vcpus().size()));
            }
        }

        private static void requireSize(Path file, long size, long expected) {
            if (size != expected) {
                throw new SnapshotException("%s has %d bytes instead of %d".formatted(file, size, expected));
            }
        }

        /** Gives one page. */
        @Override
        public int read(long offset, ByteBuffer into) throws IOException {
            ByteBuffer page = into.slice(into.position(), PAGE);
            while (page.hasRemaining()) {
                if (memory.read(offset + page.position(), page) < 0) {
                    throw new IOException(file + " is cut off");
                }
            }
            if (checksum(page.flip()) != checksums.getInt((int) (offset / PAGE) * Integer.BYTES)) {
                throw new IOException("%s is damaged at 0x%x: the page is not what was saved".formatted(file, offset));
            }
            into.position(into.position() + PAGE);
            return PAGE;
        }

        @Override
        public void abort() {
            memory.abort();
        }

        @Override
        public String describe() {
            return memory.describe();
        }
    }

    /** Maps the lowest GiB to itself, in pages of 2 MiB that user code may write, and begins at the guest's code. */
    private static void boot(MemorySlot ram, Vcpu vcpu) {
        long presentWritableUser = 0b111;
        long largePage = 1 << 7;
        ram.writeLong(PAGE_MAP, PAGE_DIRECTORY_POINTERS | presentWritableUser);
        ram.writeLong(PAGE_DIRECTORY_POINTERS, PAGE_DIRECTORY | presentWritableUser);
        for (int i = 0; i < 512; i++) {
            ram.writeLong(PAGE_DIRECTORY + i * 8L, ((long) i << 21) | presentWritableUser | largePage);
        }
        ram.write(CODE, GUEST);
        vcpu.x86().setSregs(SnapshotRestore::enterLongMode);
        vcpu.x86().setRegs(r -> r.rip(CODE).rflags(2));
    }

    /** Puts the vCPU where a boot loader and a kernel would have brought it: paging on, 64-bit, CPL 3. */
    private static void enterLongMode(KvmSregs s) {
        s.cr3(PAGE_MAP).cr4(1 << 5).cr0(0x8000_0011L).efer(0x500);
        segment(s.cs(), 11).l(1).db(0);
        segment(s.ds(), 3);
        segment(s.es(), 3);
        segment(s.ss(), 3);
    }

    private static KvmSegment segment(KvmSegment segment, int type) {
        return segment.selector(8 | 3)
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
