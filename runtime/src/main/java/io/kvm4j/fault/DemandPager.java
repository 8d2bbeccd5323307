package io.kvm4j.fault;

import io.kvm4j.Guest;
import io.kvm4j.MemorySlot;
import io.kvm4j.events.EventFd;
import io.kvm4j.pages.PageSource;
import io.kvm4j.posix.Cleanup;
import io.kvm4j.userfaultfd.Userfaultfd;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Provides the pages of guest memory when they are touched, and the rest meanwhile, from a {@link PageSource}.
 *
 * <p>It fails closed. When it can no longer provide pages it stops the guest, and it keeps the userfaultfd until
 * {@link #close}: memory without one silently becomes zeros. When the source fails or stalls it pauses the guest, tells the
 * {@link PagerListener}, and goes on after {@link #resume}; every request that was outstanding is made again.
 *
 * <p>Pages that their owner discards (MADV_DONTNEED, MADV_REMOVE) come back as zeros, never again from the source. Memory
 * that is to be unmapped needs {@link #retire} first; otherwise the pager fails, since a guest would see what is mapped
 * there next.
 *
 * <p><b>A Java thread must not touch memory whose pages may be absent</b>: it would wait for its page where the JVM can
 * neither stop it nor collect garbage, and the reader that is to bring the page may need just that. Call {@link
 * FaultHandler#ensure} before. What the kernel touches on behalf of a thread, as KVM_RUN does, is safe.
 *
 * <p><b>What its callbacks throw</b> never hangs a guest, and never keeps the pager from releasing what it has:
 *
 * <ul>
 *   <li>An IOException, a RuntimeException or an InternalError of {@link PageSource#read} is the loss of the source. The JVM
 *       throws InternalError where a mapped file is read that was cut off.
 *   <li>Any other Error of a source, and an Error of the {@link PagerListener}, ends the pager: the guest is stopped and
 *       {@link PagerListener#failed} is called. The Error is {@link #cause}, and is thrown by {@link FaultHandler#handle}
 *       if it came up there; from a thread of the pager's it goes to the handler of uncaught exceptions.
 *   <li>A RuntimeException of the listener changes nothing for the guest, and goes to that handler as well.
 *   <li>A {@link Guest} that throws in {@code pause}, {@code resume} or {@code isStopping} is stopped as above.
 *   <li>What {@link Guest#stop} and {@link PageSource#abort} throw is suppressed in {@link #cause}. At {@link #close}
 *       everything is released first, and then the first failure thrown, with the others suppressed in it.
 * </ul>
 *
 * <p>Any thread may call. Resolving a fault allocates nothing once C2 has compiled it.
 */
public final class DemandPager implements AutoCloseable {
    /** The states of a pager. */
    public enum State {
        /** It provides pages. */
        RUNNING,

        /** It lost its source and waits for another; the guest is paused. */
        PAUSED,

        /** All content is in place. Pages that the guest discards still come back as zeros. */
        COMPLETE,

        /** It gave up, and stopped the guest. */
        FAILED,

        /** It was closed. */
        CLOSED
    }

    private final PagerCore core;
    private final ThreadLocal<FaultHandler> handlers;

    private DemandPager(PagerCore core) {
        this.core = core;
        this.handlers = ThreadLocal.withInitial(() -> new FaultHandler(core));
    }

    /** Begins to describe a pager. */
    public static Builder builder(PageSource source) {
        return new Builder(source);
    }

    /** How it learns of faults. */
    public FaultStrategy strategy() {
        return core.options.strategy();
    }

    /** Returns its state. */
    public State state() {
        return core.lifecycle.state();
    }

    /** Why it is paused or has failed; null otherwise. */
    public @Nullable Throwable cause() {
        return core.lifecycle.cause();
    }

    /** How many pages are still to come from the source. */
    public int missingPages() {
        return core.missingPages();
    }

    /** What it has done so far: no less than what anybody has seen of it. */
    public PagerFigures figures() {
        return core.contexts.figures();
    }

    /** Returns the handler of the calling thread's faults: always the same one for a thread. */
    public FaultHandler handler() {
        return handlers.get();
    }

    /** Provides the pages of more memory from now on. */
    public void add(PagedRegion region) {
        core.lifecycle.requireRunning();
        RegionPages ignored = core.add(region);
    }

    /**
     * Provides the pages of a slot that was added to the VM, and has its faults reported as those of the slots before. If
     * this throws, the memory is as it was before.
     *
     * @param slot memory of which no page was touched, see {@link PagedRegion#of(MemorySlot)}
     */
    public void add(MemorySlot slot) {
        core.lifecycle.requireRunning();
        core.add(slot);
    }

    /** Allows the memory that has a guest physical address to be unmapped; its pages are provided until it is. */
    public void retire(long gpa) {
        core.memory.retire(gpa);
    }

    /**
     * Goes on with another source, or the same one in order again.
     *
     * @throws IllegalStateException if it is not paused
     */
    public void resume(PageSource source) {
        core.lifecycle.resume(source);
    }

    /**
     * Refuses what needs all memory to be in place, such as a snapshot or a migration.
     *
     * @param action what is refused, for people
     * @throws IllegalStateException if pages are still to come
     */
    public void requireComplete(String action) {
        int missing = missingPages();
        if (missing > 0) {
            throw new IllegalStateException(
                    "no %s while memory is being restored: %d pages are still to come".formatted(action, missing));
        }
    }

    /**
     * Reads the state of devices and vCPUs whole, and only then loads it: half a state is worse than none. Loading touches
     * guest memory, whose pages this pager provides meanwhile.
     *
     * @param length in bytes
     * @throws IOException if there is less; then nothing is loaded
     */
    public void loadState(ReadableByteChannel from, int length, Consumer<ByteBuffer> loader) throws IOException {
        ByteBuffer state = ByteBuffer.allocate(length);
        while (state.hasRemaining()) {
            if (from.read(state) < 0) {
                throw new EOFException("the state ends after %d of %d bytes".formatted(state.position(), length));
            }
        }
        core.lifecycle.requireRunning();
        loader.accept(state.flip());
    }

    /**
     * The pages that were written since the last call, of memory whose writes are tracked. A page that is written after
     * this returns is in the next answer, whoever reads the pages meanwhile.
     *
     * @param gpa an address of the region
     * @return page numbers within the region
     */
    public BitSet takeWrittenPages(long gpa) {
        RegionPages region = core.memory.regionOfGpa(gpa);
        if (region == null || region.written == null) {
            throw new PagingException("writes are not tracked at gpa 0x%x".formatted(gpa));
        }
        core.lifecycle.requireRunning();
        BitSet[] taken = {new BitSet()};
        WrittenPages written = region.written;
        core.callerFaults.use(
                handler().own(),
                context -> taken[0] = written.take(page -> core.protection.begin(context, region, page)));
        return taken[0];
    }

    /**
     * Ends the pager. If pages were still to come, the guest is stopped first: it would find zeros instead. If all have
     * come, the guest runs on, and faults that were reported before are as good as resolved. Blocks until the pager's
     * threads have ended. Everything is released, whatever the guest's stop or the source throws; then that is thrown.
     * Closing again does nothing, once the first close is over.
     */
    @Override
    public void close() {
        core.close();
    }

    /** The userfaultfd, for tests that get in its way. */
    int fd() {
        return core.uffd.fd();
    }

    /** Configures a pager. */
    public static final class Builder {
        private final PageSource source;
        private final List<PagedRegion> regions = new ArrayList<>();
        private final List<MemorySlot> slots = new ArrayList<>();
        private @Nullable Guest guest;
        private boolean failingRuns;
        private int readers = 1;
        private boolean background;
        private int chunk = 1 << 16;
        private Duration patience = Duration.ofSeconds(10);
        private PagerListener listener = new PagerListener() {};
        private boolean tracksWrites;
        private boolean poisonsLostPages;
        private boolean moves;

        private Builder(PageSource source) {
            this.source = source;
        }

        /** Adds memory. */
        public Builder region(PagedRegion region) {
            regions.add(region);
            return this;
        }

        /**
         * Adds memory slots of a VM, whose faults are reported as {@link FaultStrategy#of} says: by the exits of the variant
         * that the VM was created with.
         *
         * @param slots see {@link PagedRegion#of(MemorySlot)}; of the caller's own memory, the kernel tells the page size
         */
        public Builder slots(MemorySlot... slots) {
            this.slots.addAll(List.of(slots));
            return this;
        }

        /** Has the runs of vCPUs that touch absent pages fail, see {@link FaultStrategy.FailingRuns}. */
        public Builder failingRuns() {
            failingRuns = true;
            return this;
        }

        /** Sets the guest to pause and stop. Required. */
        public Builder guest(Guest guest) {
            this.guest = guest;
            return this;
        }

        /** Sets how many threads read the userfaultfd; the default is 1. More than one helps with a slow source. */
        public Builder readers(int number) {
            if (number < 1) {
                throw new IllegalArgumentException(number + " readers: somebody must serve what KVM itself touches");
            }
            readers = number;
            return this;
        }

        /** Sets whether a thread fetches pages that nothing has touched yet. The default is false. */
        public Builder background(boolean background) {
            this.background = background;
            return this;
        }

        /** Sets how many bytes the background thread fetches at once; the default is 64 KiB. */
        public Builder chunk(int bytes) {
            chunk = bytes;
            return this;
        }

        /** Sets how long the source may be silent before it counts as lost; the default is 10 seconds. */
        public Builder patience(Duration patience) {
            this.patience = patience;
            return this;
        }

        /** Sets the listener for changes of the pager's state. */
        public Builder listener(PagerListener listener) {
            this.listener = listener;
            return this;
        }

        /** Finds out which pages are written, see {@link DemandPager#takeWrittenPages}: private memory only. */
        public Builder trackWrites() {
            tracksWrites = true;
            return this;
        }

        /**
         * Lets a page that is lost for ever ({@link io.kvm4j.pages.PageLostException}) raise SIGBUS where it is touched,
         * instead of stopping the guest. KVM on x86 passes that on to the thread that runs the vCPU, whose process it ends unless it
         * handles it: not for memory that vCPUs of a JVM touch.
         */
        public Builder poisonLostPages() {
            poisonsLostPages = true;
            return this;
        }

        /** Puts pages in place by moving instead of copying them. Huge pages and pages of files are copied all the same. */
        public Builder movePages() {
            moves = true;
            return this;
        }

        /**
         * Starts the pager.
         *
         * @throws UserfaultfdUnavailableException if this process cannot have a userfaultfd, or the kernel's lacks what was
         *     asked for
         * @throws IllegalArgumentException if memory is not made of pages of the size that was given for it
         * @throws io.kvm4j.uapi.ErrnoException if memory cannot be registered, or there are no descriptors left; then the
         *     source has been ended, see {@link PageSource#abort}
         */
        public DemandPager start() {
            Guest stopped = guest;
            if (stopped == null) {
                throw new IllegalStateException(
                        "a pager needs a guest to stop when pages cannot be provided: set it by guest(…)");
            }
            PagerOptions options = new PagerOptions(
                    source,
                    stopped,
                    List.copyOf(regions),
                    List.copyOf(slots),
                    strategy(),
                    slots.isEmpty() ? null : slots.getFirst().vm(),
                    readers,
                    background,
                    chunk,
                    patience,
                    listener,
                    tracksWrites,
                    poisonsLostPages,
                    moves);
            PagerRequirements.check(options);
            return start(options);
        }

        private FaultStrategy strategy() {
            if (failingRuns) {
                return new FaultStrategy.FailingRuns();
            }
            return slots.isEmpty()
                    ? new FaultStrategy.Userfaultfd()
                    : FaultStrategy.of(slots.getFirst().vm());
        }

        private DemandPager start(PagerOptions options) {
            List<AutoCloseable> owned = new ArrayList<>(List.of(source::abort));
            try {
                Userfaultfd uffd = UserfaultfdAccess.open(PagerRequirements.features(options));
                owned.addFirst(uffd);
                EventFd wakeUp = EventFd.create();
                owned.addFirst(wakeUp);
                PagerCore core = new PagerCore(options, uffd, wakeUp);
                owned.clear();
                owned.add(core::abandon);
                core.start();
                return new DemandPager(core);
            } catch (Throwable t) {
                throw Cleanup.after(t).closeAll(owned).rethrow();
            }
        }
    }
}
