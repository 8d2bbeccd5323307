package io.kvm4j.dirty;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kvm4j.MemorySlot;
import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import io.kvm4j.VmPart;
import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.Mapping;
import io.kvm4j.posix.SignalShield;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.DirtyRing;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmDirtyGfn;
import io.kvm4j.uapi.KvmVmIoctls;
import io.kvm4j.uapi.x86_64.X86Constants;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The pages that the vCPUs of a VM wrote to, which each notes in a ring of its own: {@code KVM_CAP_DIRTY_LOG_RING}. Unlike
 * with a {@link DirtyBitmap}, finding them takes as long as there are dirty pages, not as there are pages. Slots must log
 * their pages, see {@link MemorySlot#logDirtyPages}.
 *
 * <pre>{@code
 * DirtyRings rings = DirtyRings.enable(vm, 4096);       // before the first vCPU
 * DirtyPages dirty = rings.take(ram);                   // what was written since the last time
 * }</pre>
 *
 * <p>A vCPU whose ring is full comes back with {@link io.kvm4j.uapi.KvmExit.DirtyRingFull}, and so does every run until
 * somebody calls {@link #harvest} or {@link #take}; its own loop may. Any thread may call them, while vCPUs run. A vCPU that
 * is closed leaves its ring, and with it some memory of the kernel's, until this is closed.
 */
public final class DirtyRings extends VmPart {
    private static final int ENTRY = Math.toIntExact(KvmDirtyGfn.LAYOUT.byteSize());

    /** Where a vCPU's descriptor has its ring; it is the same on every architecture that has rings. */
    private static final long START = (long) X86Constants.KVM_DIRTY_LOG_PAGE_OFFSET * Mapping.PAGE_SIZE;

    /** Where a slot's number has that of its address space. */
    private static final int ADDRESS_SPACE_SHIFT = 16;

    /** How often in a row KVM may take back nothing before the rest is left to the next harvest. */
    private static final int IDLE_RESETS = 100;

    private final int entries;

    /** What the numbers of all slots are below. */
    private final int numbers;

    private final SignalShield shield = new SignalShield();

    /** Made once, so that a reset allocates nothing. */
    private final ToIntFunction<KvmVmIoctls> reset = this::reset;

    /** Replaced, never changed, under the VM's lock. */
    private volatile List<Ring> rings = List.of();

    @GuardedBy("this")
    private @Nullable SlotPages[] bySlot = {};

    private DirtyRings(Vm vm, int entries) {
        super(vm);
        this.entries = entries;
        this.numbers = Math.max(1, vm.checkExtension(Capability.KVM_CAP_MULTI_ADDRESS_SPACE)) << ADDRESS_SPACE_SHIFT;
    }

    /** The ring of a vCPU, and the mapping that it is in. */
    private record Ring(int vcpu, DirtyRing entries, Mapping mapping) {}

    /** What was harvested of a slot and nobody has taken yet, and what was taken last. */
    private record SlotPages(DirtyPages harvested, DirtyPages taken) {
        SlotPages(MemorySlot slot) {
            this(new DirtyPages(slot, Mapping.PAGE_SIZE), new DirtyPages(slot, Mapping.PAGE_SIZE));
        }
    }

    /**
     * Gives every vCPU that the VM will have a ring.
     *
     * @param entries how many pages a ring has room for, a power of two. KVM keeps some hundred of them in reserve
     * @throws IllegalArgumentException if it is none, or there can be no ring of that size
     * @throws UnsupportedOperationException if the kernel has no such rings
     * @throws IllegalStateException if the VM has a vCPU, or such rings, already
     */
    public static DirtyRings enable(Vm vm, int entries) {
        Capability capability = capability(vm);
        int most = vm.checkExtension(capability) / ENTRY;
        if (Integer.bitCount(entries) != 1 || entries <= 0 || entries > most) {
            throw new IllegalArgumentException(
                    "a dirty ring of %d entries: it has a power of two of them, and %d at most (%s)"
                            .formatted(entries, most, capability));
        }
        DirtyRings rings = new DirtyRings(vm, entries);
        rings.begin(_ -> rings.enable(capability));
        return rings;
    }

    /** The form with acquire and release ordering where the kernel has it: on x86_64 both are the same. */
    private static Capability capability(Vm vm) {
        for (Capability form :
                new Capability[] {Capability.KVM_CAP_DIRTY_LOG_RING_ACQ_REL, Capability.KVM_CAP_DIRTY_LOG_RING}) {
            if (vm.checkExtension(form) > 0) {
                return form;
            }
        }
        throw new UnsupportedOperationException(
                "this kernel has no dirty rings (KVM_CAP_DIRTY_LOG_RING): use a DirtyBitmap instead");
    }

    private void enable(Capability capability) {
        try {
            vm().enableCap(capability, (long) entries * ENTRY);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EINVAL) {
                throw e;
            }
            throw new IllegalStateException(
                    "KVM takes no dirty rings of %d entries: the VM has a vCPU already, or they are too few"
                            .formatted(entries),
                    e);
        }
    }

    @Override
    protected void requireCompatible(VmPart other) {
        if (other instanceof DirtyRings) {
            throw new IllegalStateException("the VM has dirty rings already");
        }
    }

    @Override
    protected void vcpuCreated(Vcpu vcpu) {
        if (rings.stream().anyMatch(ring -> ring.vcpu() == vcpu.id())) {
            return; // It was closed and created again: KVM goes on where its ring was.
        }
        Mapping mapping = Mapping.shared(vcpu.fd(), "the dirty ring", START, (long) entries * ENTRY);
        try {
            List<Ring> more = new ArrayList<>(rings);
            more.add(new Ring(vcpu.id(), DirtyRing.of(mapping.segment()), mapping));
            rings = List.copyOf(more);
        } catch (Throwable e) {
            throw Cleanup.after(e).run(mapping::close).rethrow();
        }
    }

    /**
     * Takes note of what is in all rings, for {@link #take}, and gives KVM the rings' room back, which from then on notices
     * the next write to each page. Allocates nothing.
     *
     * <p>It blocks signals in the calling thread for the time of {@code KVM_RESET_DIRTY_RINGS}: since Linux 6.16 that call
     * stops at a pending signal, and forgets up to 64 pages when it does. What KVM did not take back, because the call
     * failed or stopped all the same, is given back by the next call of this method.
     *
     * @return how many entries there were
     * @throws IllegalStateException if this or the VM is closed
     */
    public synchronized int harvest() {
        int harvested = 0;
        List<Ring> now = rings;
        for (int i = 0; i < now.size(); i++) {
            harvested += harvest(now.get(i).entries());
        }
        resetAll();
        return harvested;
    }

    /** Has KVM take back all that was harvested, also what an earlier call left behind. */
    private void resetAll() {
        long left = notReset();
        for (int idle = 0; left > 0 && idle < IDLE_RESETS; ) {
            vm().ask(reset);
            long now = notReset();
            idle = now < left ? 0 : idle + 1;
            left = now;
        }
    }

    private long notReset() {
        long left = 0;
        List<Ring> now = rings;
        for (int i = 0; i < now.size(); i++) {
            left += now.get(i).entries().notReset();
        }
        return left;
    }

    private int reset(KvmVmIoctls ioctls) {
        shield.raise();
        try {
            return ioctls.resetDirtyRings();
        } finally {
            shield.lower();
        }
    }

    /** Reads one ring, and no more than it has room for, though its vCPU runs. */
    @GuardedBy("this")
    private int harvest(DirtyRing ring) {
        int harvested = 0;
        while (harvested < entries && ring.next()) {
            note(ring.slot(), ring.offset());
            harvested++;
        }
        return harvested;
    }

    /** Notes a page, unless its slot is gone. */
    @GuardedBy("this")
    private void note(int slot, long page) {
        SlotPages pages = slot >= 0 && slot < numbers ? pagesOf(slot) : null;
        if (pages != null && page >= 0 && page < pages.harvested.pages()) {
            pages.harvested.add(page);
        }
    }

    @GuardedBy("this")
    private @Nullable SlotPages pagesOf(int number) {
        SlotPages known = number < bySlot.length ? bySlot[number] : null;
        if (known != null && !known.harvested.slot().isClosed()) {
            return known;
        }
        for (MemorySlot slot : vm().memory(number >>> ADDRESS_SPACE_SHIFT).slots()) {
            if (slot.number() == number) {
                return pagesOf(slot);
            }
        }
        return null;
    }

    @GuardedBy("this")
    private SlotPages pagesOf(MemorySlot slot) {
        int number = slot.number();
        if (number >= bySlot.length) {
            bySlot = Arrays.copyOf(bySlot, number + 1);
        }
        SlotPages known = bySlot[number];
        if (known == null || known.harvested.slot() != slot) {
            known = new SlotPages(slot);
            bySlot[number] = known;
        }
        return known;
    }

    /**
     * Harvests, and tells which pages of a slot were written to since this was called for it last. A page that is copied
     * now cannot be missed: what is written to it later is noticed again. Allocates nothing but the first time.
     *
     * @return the pages, an object that is the slot's own and may be read until the next call for it
     * @throws IllegalStateException if the slot, this or the VM is closed
     * @throws IllegalArgumentException if the slot is another VM's
     */
    public synchronized DirtyPages take(MemorySlot slot) {
        if (slot.vm() != vm()) {
            throw new IllegalArgumentException(slot + " is another VM's");
        }
        if (slot.isClosed()) {
            throw new IllegalStateException(slot + " is closed");
        }
        harvest();
        SlotPages pages = pagesOf(slot);
        pages.taken.takeFrom(pages.harvested);
        return pages.taken;
    }

    @Override
    protected void end(KvmVmIoctls ioctls) {
        new Cleanup().closeAll(rings.stream().map(Ring::mapping).toList()).finish();
    }
}
