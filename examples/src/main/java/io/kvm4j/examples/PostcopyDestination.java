package io.kvm4j.examples;

import io.kvm4j.Kvm;
import io.kvm4j.MemorySlot;
import io.kvm4j.VcpuThread;
import io.kvm4j.Vm;
import io.kvm4j.channel.Transport;
import io.kvm4j.fault.DemandPager;
import io.kvm4j.fault.PageSourceException;
import io.kvm4j.fault.PagedRegion;
import io.kvm4j.fault.PagerListener;
import io.kvm4j.migration.IncomingGuest;
import io.kvm4j.migration.MigrationDestination;
import io.kvm4j.migration.StoppedGuest;
import io.kvm4j.pages.PageSource;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The destination of {@link Postcopy}: takes a guest over and runs it to the end, while its pages arrive from the source. When
 * the source is lost the guest pauses, and goes on when it is back.
 */
final class PostcopyDestination {
    private static final long MOST_MEMORY = 1L << 30;

    private PostcopyDestination() {}

    /** Plays the role, as {@link Postcopy#destination} says. */
    static long run(Kvm kvm, Transport source, Postcopy.Settings settings) throws IOException, InterruptedException {
        MigrationDestination destination = new MigrationDestination(
                source, MOST_MEMORY, settings.patience(), new MigrationReport(settings.out(), null));
        while (true) {
            try (IncomingGuest arrival = destination.receive()) {
                PostcopyGuest.Device device = new PostcopyGuest.Device(settings);
                if (run(kvm, arrival, device, settings)) {
                    release(arrival, settings.out());
                    return device.checksum;
                }
                settings.out().println("the source has kept the guest");
            }
        }
    }

    /** Returns false if the source has kept the guest. */
    private static boolean run(Kvm kvm, IncomingGuest arrival, PostcopyGuest.Device device, Postcopy.Settings settings)
            throws IOException, InterruptedException {
        PrintStream out = settings.out();
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
                        .patience(settings.patience())
                        .listener(telling(losses, out))
                        .start()) {
            VcpuThread thread = PostcopyGuest.load(stopped.state(), vm).thread(device::serve);
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
}
