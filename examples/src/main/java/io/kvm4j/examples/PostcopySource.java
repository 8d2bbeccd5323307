package io.kvm4j.examples;

import io.kvm4j.Kvm;
import io.kvm4j.MemoryBacking;
import io.kvm4j.MemorySlot;
import io.kvm4j.Vcpu;
import io.kvm4j.VcpuThread;
import io.kvm4j.Vm;
import io.kvm4j.channel.Transport;
import io.kvm4j.migration.GuestOwner;
import io.kvm4j.migration.HandOverGuard;
import io.kvm4j.migration.HandOverRecord;
import io.kvm4j.migration.MemoryRange;
import io.kvm4j.migration.MigrationRefusedException;
import io.kvm4j.migration.MigrationSource;
import io.kvm4j.migration.OutgoingGuest;
import io.kvm4j.migration.StoppedGuest;
import io.kvm4j.pages.PageSource;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The source of {@link Postcopy}: runs the guest until it has moved, then serves its memory. The memory is a file, as is the
 * record of the hand-over, so that a source that has died can be started again.
 */
final class PostcopySource {
    private PostcopySource() {}

    /** Plays the role, as {@link Postcopy#source} says. */
    static void run(
            Kvm kvm,
            Postcopy.Work work,
            Path directory,
            Transport listen,
            Postcopy.Settings settings,
            @Nullable GuestOwner undecided)
            throws IOException, InterruptedException {
        MigrationReport report = new MigrationReport(settings.out(), undecided);
        Path memory = directory.resolve("memory");
        try (HandOverRecord handOver = HandOverRecord.open(directory)) {
            if (handOver.isHandedOver()) {
                settings.out().println("the guest was handed over: serving its memory, running nothing");
                PageSource pages = delayed(PageSource.file(memory), settings.delay());
                try (MigrationSource source =
                        MigrationSource.listen(listen, handOver, pages, null, settings.patience(), report)) {
                    serve(source, settings.out());
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
            Postcopy.Work work,
            Path file,
            HandOverRecord handOver,
            Transport listen,
            Postcopy.Settings settings,
            MigrationReport report)
            throws IOException, InterruptedException {
        try (Arena arena = Arena.ofShared();
                Vm vm = kvm.createVm();
                MemorySlot ram =
                        vm.addMemory(0, MemoryBacking.of(newMemory(file, PostcopyGuest.memorySize(work), arena)));
                Vcpu vcpu = vm.createVcpu(0)) {
            PostcopyGuest.boot(ram, vcpu, work);
            PostcopyGuest.Device device = new PostcopyGuest.Device(settings);
            VcpuThread thread = vcpu.thread(device::serve);
            HandOverGuard guest = new HandOverGuard(vm.threads());
            PageSource pages = delayed(PageSource.file(file), settings.delay());
            try (MigrationSource source = MigrationSource.listen(
                    listen, handOver, pages, new Outgoing(guest, vm, thread, ram), settings.patience(), report)) {
                report.decideFor(source);
                FutureTask<?> serving = new FutureTask<>(() -> {
                    serve(source, settings.out());
                    return null;
                });
                Thread.ofPlatform().name("migration-source").daemon().start(serving);
                thread.start();
                thread.join();
                if (guest.isHandedOver()) {
                    serving.get();
                } else {
                    settings.out().printf("result %016x%n", device.checksum);
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

    /** The guest, as its migration sees it. */
    private record Outgoing(HandOverGuard guest, Vm vm, VcpuThread thread, MemorySlot ram) implements OutgoingGuest {
        @Override
        public StoppedGuest stop() throws MigrationRefusedException, InterruptedException {
            guest.pause();
            guest.awaitPause();
            if (thread.hasEnded()) {
                throw new MigrationRefusedException("the guest has ended");
            }
            return new StoppedGuest(List.of(new MemoryRange(ram.gpa(), ram.size())), PostcopyGuest.save(vm));
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
}
