package io.kvm4j;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kvm4j.posix.Architecture;
import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.Descriptor;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmIrqRouting;
import io.kvm4j.uapi.KvmVmIoctls;
import io.kvm4j.uapi.MemoryRegionFlag;
import io.kvm4j.uapi.MemoryRegionFlags;
import io.kvm4j.uapi.x86_64.X86VmIoctls;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A virtual machine: its memory and its vCPUs. Any thread may use it. It owns its descriptor, its memory slots, its vCPUs
 * and its {@linkplain VmPart parts}, and closes them when it is closed, if they are not closed by then.
 */
public final class Vm implements AutoCloseable {
    private final Object lock = new Object();
    private final Descriptor descriptor;
    private final KvmVmIoctls ownIoctls;
    private final KvmVmIoctls ioctls;

    @GuardedBy("lock")
    private final IrqLine irqLine = new IrqLine();

    private final AddressSpaces spaces = new AddressSpaces();
    private final VmVcpus vcpus = new VmVcpus(this);

    @GuardedBy("lock")
    private final VmParts parts = new VmParts();

    private final VmSlots slots;
    private final VcpuThreads threads = new VcpuThreads();
    private final VmSettings settings = new VmSettings();
    private final int runAreaSize;
    private final @Nullable X86Vm x86;
    private final FaultVariant faults;

    Vm(Descriptor descriptor, int runAreaSize, @Nullable X86Support x86Support, FaultVariant faults) {
        this.descriptor = descriptor;
        this.runAreaSize = runAreaSize;
        this.faults = faults;
        this.ownIoctls = KvmVmIoctls.of(descriptor.fd());
        this.slots = new VmSlots(this, lock, descriptor, spaces, vcpus);
        this.ioctls = VmCalls.of(this, descriptor.fd());
        this.x86 = ioctls instanceof X86VmIoctls x86Ioctls && x86Support != null
                ? new X86Vm(this, x86Ioctls, x86Support)
                : null;
    }

    /**
     * Gives the guest zeroed memory of its own. The host provides a page when it is first touched, and reserves no swap
     * for it.
     *
     * @param gpa the guest physical address where it starts, a multiple of the page size
     * @param size in bytes, a positive multiple of the page size
     * @return the slot, which ends with the VM unless it is closed before
     * @throws IllegalArgumentException if the address or size is not as above, or the range overlaps another slot
     */
    public MemorySlot addMemory(long gpa, long size) {
        return addMemory(gpa, MemoryBacking.anonymous(size));
    }

    /**
     * Gives the guest memory, also while it runs.
     *
     * @param gpa the guest physical address where it starts, a multiple of the page size
     * @param backing where the host takes it from
     * @param flags KVM_MEM_READONLY for memory whose writes come back as {@link io.kvm4j.uapi.KvmExit.Mmio},
     *     KVM_MEM_LOG_DIRTY_PAGES for {@link io.kvm4j.dirty.DirtyBitmap}
     * @return the slot, which ends with the VM unless it is closed before
     * @throws IllegalArgumentException if address, size or backing are impossible, or the range overlaps another slot
     * @throws IllegalStateException if the VM can have no more slots, or the host has too few huge pages
     * @throws UnsupportedOperationException if the kernel lacks the backing
     * @throws ErrnoException if the host has no memory, or KVM refuses it
     */
    public MemorySlot addMemory(long gpa, MemoryBacking backing, MemoryRegionFlag... flags) {
        return addMemory(gpa, backing, MemoryRegionFlags.of(flags));
    }

    /** Does what {@link #addMemory(long, MemoryBacking, MemoryRegionFlag...)} does, with flags that may have no names. */
    public MemorySlot addMemory(long gpa, MemoryBacking backing, MemoryRegionFlags flags) {
        synchronized (lock) {
            descriptor.fd();
            return spaces.first().add(gpa, backing, flags, this);
        }
    }

    /**
     * Gives the guest memory in an address space of {@link #memory(int)}, otherwise as {@link #addMemory(long,
     * MemoryBacking, MemoryRegionFlag...)}. Memory that is to be in several spaces is a slot in one of them, and in the others
     * a slot of {@link MemoryBacking#of} its {@link MemorySlot#segment}, to be closed first.
     *
     * @throws IllegalArgumentException also if there is no such address space
     */
    public MemorySlot addMemory(int addressSpace, long gpa, MemoryBacking backing, MemoryRegionFlag... flags) {
        synchronized (lock) {
            return memory(addressSpace).add(gpa, backing, MemoryRegionFlags.of(flags), this);
        }
    }

    /** All memory of the guest, by guest physical address: that of address space 0, which every VM has. */
    public GuestMemory memory() {
        return spaces.first();
    }

    /**
     * All memory of the guest in an address space. On x86_64 a vCPU uses 1 instead of 0 while it is in system management
     * mode (SMM), where it has no access to what is in 0 alone.
     *
     * @param addressSpace from 0 to below KVM_CAP_MULTI_ADDRESS_SPACE
     * @throws IllegalArgumentException if there is no such address space
     */
    public GuestMemory memory(int addressSpace) {
        synchronized (lock) {
            descriptor.fd();
            return spaces.at(addressSpace, this);
        }
    }

    /**
     * Creates a vCPU. On x86_64 its CPUID is what {@link X86Vm#cpuidPolicy(io.kvm4j.cpuid.CpuidPolicy)} makes of what KVM
     * supports, with the vCPU's own APIC id; {@link X86Vcpu#setCpuid(io.kvm4j.cpuid.CpuidPolicy)} replaces it.
     *
     * <p>A vCPU that was closed can be created again. KVM keeps it as long as the VM, so that its descriptor is used again,
     * and on x86_64 its registers of all kinds, MSRs, local APIC, pending events and debugging are reset to those of a new
     * vCPU. KVM cannot reset the CPUID of a vCPU that has run, its time stamp counter, which runs on, its statistics, and
     * what {@link Vcpu#enableCap} turned on. On arm64, KVM_ARM_VCPU_INIT resets a vCPU; on other architectures it keeps its
     * state.
     *
     * @param id its number, unique in the VM and below the VM's KVM_CAP_MAX_VCPU_ID
     * @return the vCPU, which ends with the VM unless it is closed before
     * @throws ErrnoException with EEXIST if the VM has the vCPU already, or a thread is still inside its run
     */
    public Vcpu createVcpu(int id) {
        synchronized (lock) {
            descriptor.fd();
            VmParts others = parts;
            return vcpus.create(ioctls, id, others::vcpuCreated);
        }
    }

    /** The vCPUs that are not closed, in the order of their ids. */
    public List<Vcpu> vcpus() {
        synchronized (lock) {
            return vcpus.open();
        }
    }

    /** Forgets a vCPU that no thread is inside of any more, and releases the rest of a VM that waited for it. */
    void released(Vcpu vcpu, Descriptor vcpuDescriptor) {
        synchronized (lock) {
            vcpus.released(vcpu, vcpuDescriptor);
            if (descriptor.isClosed()) {
                releaseRest();
            }
        }
    }

    /** Releases what waits for guests that run, as far as they have returned. */
    private void releaseRest() {
        Cleanup all = new Cleanup().run(vcpus::closeDescriptors);
        if (vcpus.isEmpty()) {
            all.run(spaces::close);
        }
        all.finish();
    }

    /**
     * Asks for a capability of this VM, which may differ from the host's. Allocates nothing.
     *
     * @return 0 if the VM lacks it, otherwise 1 or what the capability's documentation says
     */
    public int checkExtension(Capability capability) {
        synchronized (lock) {
            descriptor.fd();
            return ioctls.checkExtension(capability.number());
        }
    }

    /** Asks for all capabilities that the bindings know, in the order of their numbers. */
    public SequencedMap<Capability, Integer> capabilities() {
        return Kvm.ask(this::checkExtension);
    }

    /**
     * Calls ioctls of the VM while nobody can close it. Others who change the VM wait meanwhile, so keep it short.
     *
     * @throws IllegalStateException if the VM is closed
     */
    public void tell(Consumer<KvmVmIoctls> calls) {
        synchronized (lock) {
            descriptor.fd();
            calls.accept(ioctls);
        }
    }

    /** Does what {@link #tell} does, and returns what the call returns. */
    public int ask(ToIntFunction<KvmVmIoctls> call) {
        synchronized (lock) {
            descriptor.fd();
            return call.applyAsInt(ioctls);
        }
    }

    /** Lets a part begin, and closes it with the VM. */
    void begin(VmPart part, Consumer<KvmVmIoctls> calls) {
        synchronized (lock) {
            descriptor.fd();
            parts.begin(part, ioctls, calls);
        }
    }

    /** Ends a part, unless it has ended. */
    void end(VmPart part) {
        synchronized (lock) {
            parts.end(part, ioctls);
        }
    }

    /**
     * Turns on a capability that is off by default.
     *
     * @param arguments up to four, as the capability's documentation says
     * @throws ErrnoException if KVM refuses, or lacks it, and then says so
     */
    public void enableCap(Capability capability, long... arguments) {
        synchronized (lock) {
            descriptor.fd();
            try (Arena arena = Arena.ofConfined()) {
                ioctls.enableCap(CapabilityCall.argument(capability, arguments, arena));
            }
            settings.enabled(capability, arguments);
        }
    }

    /**
     * Replaces the table that says where each global interrupt goes: {@code KVM_SET_GSI_ROUTING}, which {@link
     * io.kvm4j.interrupts.GsiRouting} does with types and checks.
     */
    public void routeInterrupts(KvmIrqRouting table) {
        tell(vm -> vm.setGsiRouting(table));
        settings.routed(table);
    }

    /**
     * Sets the level of an input of the interrupt controllers in the kernel: {@code KVM_IRQ_LINE}. Allocates nothing.
     *
     * @param line the global interrupt (GSI) on x86_64; on other architectures as the ioctl's documentation says
     * @throws IllegalStateException if there is no such controller, or the VM is closed
     */
    public void irqLine(int line, boolean isHigh) {
        synchronized (lock) {
            descriptor.fd();
            irqLine.set(ioctls, line, isHigh);
        }
    }

    /** What the VM was told that KVM cannot be asked for. */
    public VmSettings settings() {
        return settings;
    }

    /**
     * Takes over a descriptor that an ioctl returned, such as a device's or the statistics', and closes it with the VM. If
     * this VM is closed already, the descriptor is closed at once.
     *
     * @param fd the descriptor's number; only the result may be used to close it from now on
     * @param name what it is, for messages
     * @return its owner, which the caller may close earlier
     * @throws IllegalArgumentException if there is no such descriptor
     * @throws IllegalStateException if the VM is closed
     */
    public OwnedDescriptor adopt(int fd, String name) {
        return OwnedDescriptor.of(this, fd, name);
    }

    /**
     * Keeps a slot number of address space 0 for the caller's own KVM_SET_USER_MEMORY_REGION: {@link #addMemory(long, long)}
     * does not take it. Slots that are set through {@link #ioctls} need no reservation, since the VM sees these calls; those
     * that are set by other ioctls on {@link #fd} do.
     *
     * @return the number, kept until {@link #releaseSlot}
     * @throws IllegalStateException if all numbers are taken, or the VM is closed
     */
    public int reserveSlot() {
        synchronized (lock) {
            descriptor.fd();
            return spaces.first().callersSlots().reserve(this);
        }
    }

    /**
     * Gives back a slot number.
     *
     * @throws IllegalArgumentException if {@link #reserveSlot} did not return it, or it was given back already
     */
    public void releaseSlot(int number) {
        synchronized (lock) {
            spaces.first().callersSlots().unreserve(number);
        }
    }

    /**
     * The file descriptor of the VM, for the ioctls of one's own specs. It stays this object's: do not close it, and do
     * not use it after {@link #close}.
     *
     * @throws IllegalStateException if the VM is closed
     */
    public int fd() {
        return descriptor.fd();
    }

    VmSlots slots() {
        return slots;
    }

    /** The ioctls for the VM's own memory slots. */
    KvmVmIoctls ownIoctls() {
        return ownIoctls;
    }

    /**
     * The ioctls of the VM, for what this class has no method for. A slot that they set keeps its number from {@link
     * #addMemory(long, long)}, and they refuse to move or delete that method's slots. They are bound to the descriptor's
     * number: do not use them after {@link #close}.
     *
     * @throws IllegalStateException if the VM is closed
     */
    public KvmVmIoctls ioctls() {
        descriptor.fd();
        return ioctls;
    }

    /**
     * What x86_64 adds.
     *
     * @throws UnsupportedOperationException on another architecture
     */
    public X86Vm x86() {
        if (x86 != null) {
            return x86;
        }
        throw Architecture.lacks("Vm.x86()", "x86_64");
    }

    int runAreaSize() {
        return runAreaSize;
    }

    /** Returns the proposal whose exits report absent pages to this VM's owner, as {@link Kvm#createVm} was told. */
    public FaultVariant faults() {
        return faults;
    }

    /** Returns the threads of the vCPUs, by which the whole guest is paused, resumed and stopped. */
    public VcpuThreads threads() {
        return threads;
    }

    /**
     * Stops the vCPU threads, closes the vCPUs and the parts, then the VM, then unmaps the memory. All of that is done
     * whatever fails, and then the first failure is thrown, with the others suppressed: this need not be called again.
     *
     * @throws IllegalStateException if a thread stays inside {@link Vcpu#run} for longer than a second. Its vCPU and the
     *     memory, which is never unmapped under a running guest, are then released as soon as it returns. Or if the loop of
     *     a vCPU's thread does not return from handling an exit for 10 seconds: all is released without waiting for that
     * @throws VcpuLoopException if a loop threw, and no other call has thrown that; the VM is closed all the same
     */
    @Override
    public void close() {
        new Cleanup()
                .run(vcpus::refuse)
                .run(threads::close)
                .run(() -> vcpus.close(lock))
                .run(this::release)
                .run(threads::tellOnce)
                .finish();
    }

    private void release() {
        synchronized (lock) {
            new Cleanup()
                    .closeAll(parts.all())
                    .run(descriptor::close)
                    .run(this::releaseRest)
                    .finish();
        }
    }
}
