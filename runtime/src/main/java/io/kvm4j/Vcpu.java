package io.kvm4j;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kvm4j.posix.Architecture;
import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.Descriptor;
import io.kvm4j.posix.Mapping;
import io.kvm4j.posix.ThreadSignal;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.IoctlCall;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.KvmExitDecoder;
import io.kvm4j.uapi.KvmRun;
import io.kvm4j.uapi.KvmSignalMask;
import io.kvm4j.uapi.KvmVcpuIoctls;
import io.kvm4j.uapi.x86_64.X86VcpuIoctls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A virtual processor. It owns the memory that it shares with the kernel; its descriptor is the VM's. One thread at a time may
 * use it, and usually it is always the same; a second one gets an {@link IllegalStateException}. Only
 * {@link #immediateExit} is for any thread at any time.
 */
public final class Vcpu implements AutoCloseable {
    private static final VarHandle IMMEDIATE_EXIT =
            KvmRun.LAYOUT.varHandle(PathElement.groupElement("immediate_exit")).withInvokeExactBehavior();

    private final int id;
    private final Vm vm;
    private final ExclusiveUse use;
    private final Descriptor descriptor;
    private final Mapping runArea;
    private final KvmVcpuIoctls ioctls;
    private final ExitReader exits;
    private final KvmRun kvmRun;
    private final @Nullable X86Vcpu x86;
    private final BooleanSupplier interruption = this::isInterruptionAsked;
    private final List<EnabledCapability> enabledCapabilities = new ArrayList<>();
    private volatile boolean immediateExitAsked;

    @GuardedBy("kvmRun")
    private boolean completing;

    private Vcpu(Descriptor descriptor, int id, Vm vm, Mapping runArea) {
        this.id = id;
        this.vm = vm;
        this.descriptor = descriptor;
        this.runArea = runArea;
        this.use = new ExclusiveUse("vCPU " + id);
        KvmExitDecoder decoder = new KvmExitDecoder(runArea.segment());
        this.kvmRun = decoder.struct();
        this.ioctls = VcpuCalls.of(descriptor.fd(), vm.ioctls()::checkExtension);
        this.x86 =
                ioctls instanceof X86VcpuIoctls x86Ioctls ? new X86Vcpu(id, vm, x86Ioctls, use, runArea.arena()) : null;
        this.exits = new ExitReader(new KernelRunCall(descriptor.fd()), decoder, vm.faults(), "vCPU " + id);
    }

    /** Makes a vCPU over its descriptor, which stays the VM's. */
    static Vcpu over(Descriptor descriptor, int id, Vm vm) {
        Mapping runArea = Mapping.shared(descriptor, vm.runAreaSize());
        try {
            return new Vcpu(descriptor, id, vm, runArea);
        } catch (Throwable e) {
            throw Cleanup.after(e).run(runArea::close).rethrow();
        }
    }

    /** Its number, which KVM_CREATE_VCPU was given. */
    public int id() {
        return id;
    }

    /** The VM that it is part of. */
    public Vm vm() {
        return vm;
    }

    /**
     * Runs the guest until it exits. A signal that the calling thread handles meanwhile, a profiler's for example, does
     * not end the run, and neither does being started by another vCPU. Allocates nothing.
     *
     * <p>To interrupt a run, call {@link #immediateExit} first and then send the thread a signal; a {@link VcpuThread}
     * does both. A signal alone only interrupts the run for a moment.
     *
     * @return why it came back: a view that may be read until the next run, and is the same object each time. It is a
     *     {@link KvmExit.Intr} only while {@link #immediateExit} is set, and a {@link KvmExit.MemoryFault} if KVM could
     *     not access guest memory and the kernel says where
     * @throws io.kvm4j.uapi.ErrnoException if KVM_RUN fails for another reason
     * @throws IllegalStateException if another thread uses the vCPU, or it is closed
     */
    public KvmExit run() {
        use.enter();
        try {
            return exits.run(interruption);
        } finally {
            use.leave();
        }
    }

    /**
     * Finishes what the last exit began, without running the guest on: KVM takes the result of an access to a port or a
     * device, and moves on from the instruction, only at the next KVM_RUN. What reads the vCPU's state needs it, and
     * {@link VcpuThread#pause} has done it. Allocates nothing.
     *
     * @return {@link KvmExit.Intr} if nothing is left to finish; else what is to be handled before this is called again,
     *     such as the second part of an access that spans pages
     * @throws IllegalStateException as {@link #run}
     */
    public KvmExit completeExit() {
        use.enter();
        try {
            completing(true);
            return exits.runOnce();
        } finally {
            completing(false);
            use.leave();
        }
    }

    /**
     * Calls {@code task} while no other thread may use this vCPU: for what takes several calls that belong together.
     *
     * @throws IllegalStateException if another thread uses the vCPU, or it is closed
     */
    public <T> T exclusively(Supplier<T> task) {
        use.enter();
        try {
            return task.get();
        } finally {
            use.leave();
        }
    }

    /**
     * Runs the vCPU in a thread of its own, from now on. If that fails, the vCPU has no thread, and may be given another one.
     *
     * @param loop what to do with the exits
     * @return the thread, which ends with the VM unless it ends before
     * @throws IllegalStateException if the vCPU has a thread already, or is closed
     * @throws VcpuLoopException if a loop of the VM failed before: then none of its vCPUs runs any more
     * @throws OutOfMemoryError if the host has no room for another thread
     */
    public VcpuThread start(VcpuLoop loop) {
        VcpuThread made = thread(loop);
        try {
            made.start();
            return made;
        } catch (Throwable e) {
            throw Cleanup.after(e).run(made::close).rethrow();
        }
    }

    /**
     * Makes a thread for the vCPU that {@link VcpuThread#start} starts, paused if it is told so before.
     *
     * @param loop what to do with the exits
     * @throws IllegalStateException if the vCPU has a thread already, or is closed
     */
    public VcpuThread thread(VcpuLoop loop) {
        return vm.threads().create(this, loop);
    }

    /**
     * Makes every {@link #run} come back at once as {@link KvmExit.Intr}, before the guest runs, until it is set to
     * false again. Any thread may call it. It does not reach a guest that runs already.
     */
    public void immediateExit(boolean immediate) {
        synchronized (kvmRun) {
            immediateExitAsked = immediate;
            writeImmediateExit(immediate || completing);
        }
    }

    /** Keeps the guest from running on, whatever {@link #immediateExit} is told meanwhile; or leaves that to it again. */
    private void completing(boolean now) {
        synchronized (kvmRun) {
            completing = now;
            writeImmediateExit(now || immediateExitAsked);
        }
    }

    private boolean isInterruptionAsked() {
        return immediateExitAsked || use.isClosed();
    }

    private void writeImmediateExit(boolean immediate) {
        IMMEDIATE_EXIT.setVolatile(runArea.segment(), 0L, (byte) (immediate ? 1 : 0));
    }

    /** Does what {@link #immediateExit} does, or nothing once the vCPU is closed. */
    void immediateExitUnlessClosed(boolean immediate) {
        try {
            immediateExit(immediate);
        } catch (IllegalStateException e) {
            if (!use.isClosed()) {
                throw e;
            }
        }
    }

    /** Runs the guest until it exits or a signal arrives; lets another thread finish with the vCPU first. */
    KvmExit runWhenFree() {
        use.enterWhenFree();
        try {
            return exits.runOnce();
        } finally {
            use.leave();
        }
    }

    /** Whether it was closed, by {@link #close} or with the VM. */
    public boolean isClosed() {
        return use.isClosed();
    }

    /**
     * Says which signals are blocked while the guest runs, instead of those that its thread blocks.
     *
     * @param blocked the kernel's set of signals: bit n - 1 stands for signal n
     */
    void setSignalMask(long blocked) {
        use.enterWhenFree();
        try (Arena call = Arena.ofConfined()) {
            KvmSignalMask mask = KvmSignalMask.allocate(call, ThreadSignal.KERNEL_SET_BYTES);
            mask.entry().set(ValueLayout.JAVA_LONG_UNALIGNED, 0, blocked);
            ioctls.setSignalMask(mask);
        } finally {
            use.leave();
        }
    }

    /** Takes back {@link #setSignalMask}, unless the vCPU is closed. */
    void clearSignalMask() {
        try {
            use.enterWhenFree();
        } catch (IllegalStateException e) {
            if (use.isClosed()) {
                return;
            }
            throw e;
        }
        try {
            int result = IoctlCall.call(descriptor.fd(), KvmConstants.KVM_SET_SIGNAL_MASK, 0);
            if (result < 0) {
                throw ErrnoException.of(-result, "KVM_SET_SIGNAL_MASK", "NULL");
            }
        } finally {
            use.leave();
        }
    }

    /** The state that this vCPU shares with the kernel, beside the exit that {@link #run} returned. */
    public KvmRun kvmRun() {
        return kvmRun;
    }

    /**
     * Turns on a capability that is off by default, for this vCPU.
     *
     * @param arguments up to four, as the capability's documentation says
     */
    public void enableCap(Capability capability, long... arguments) {
        use.enter();
        try (Arena call = Arena.ofConfined()) {
            ioctls.enableCap(CapabilityCall.argument(capability, arguments, call));
            EnabledCapability.of(capability, arguments).addTo(enabledCapabilities);
        } finally {
            use.leave();
        }
    }

    /** The capabilities that {@link #enableCap} turned on for this vCPU, in the order in which that was done last. */
    public List<EnabledCapability> enabledCapabilities() {
        return exclusively(() -> List.copyOf(enabledCapabilities));
    }

    /**
     * The file descriptor of the vCPU, for the ioctls of one's own specs. It stays this object's: do not close it, and do
     * not use it after {@link #close}.
     *
     * @throws IllegalStateException if the vCPU is closed
     */
    public int fd() {
        use.requireOpen();
        return descriptor.fd();
    }

    /**
     * The ioctls of the vCPU, for what this class has no method for. They are bound to the descriptor's number: do not
     * use them after {@link #close}.
     *
     * @throws IllegalStateException if the vCPU is closed
     */
    public KvmVcpuIoctls ioctls() {
        use.requireOpen();
        return ioctls;
    }

    /**
     * What x86_64 adds: registers and CPUID.
     *
     * @throws UnsupportedOperationException on another architecture
     */
    public X86Vcpu x86() {
        if (x86 != null) {
            return x86;
        }
        throw Architecture.lacks("Vcpu.x86()", "x86_64");
    }

    /**
     * Closes the vCPU, which does not run from then on. Its {@link VcpuThread} is stopped, and waited for unless that is the
     * caller. A run that another thread is inside of is waited for, for a second at most. KVM keeps a vCPU as long as the VM:
     * {@link Vm#createVcpu} can take up the same one again.
     *
     * @throws IllegalStateException if that thread stays inside {@link #run}: then the vCPU is released as soon as it
     *     returns, without another call of this. Or if the loop of the vCPU's thread does not return from handling an exit:
     *     the vCPU is closed all the same
     */
    @Override
    public void close() {
        new Cleanup()
                .run(() -> vm.threads().close(this))
                .run(() -> close(ExclusiveUse.deadline()))
                .finish();
    }

    /** Closes the vCPU when no loop need be waited for, and waits for a run that is under way until the deadline. */
    void close(long deadline) {
        use.close(deadline, this::release);
    }

    /** Lets no run begin any more. */
    void refuseUse() {
        use.refuse();
    }

    private void release() {
        new Cleanup()
                .run(runArea::close)
                .run(() -> vm.released(this, descriptor))
                .finish();
    }
}
