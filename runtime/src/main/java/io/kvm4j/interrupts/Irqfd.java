package io.kvm4j.interrupts;

import io.kvm4j.Vm;
import io.kvm4j.VmPart;
import io.kvm4j.events.EventFd;
import io.kvm4j.posix.Cleanup;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.IrqfdFlag;
import io.kvm4j.uapi.KvmIrqfd;
import io.kvm4j.uapi.KvmVmIoctls;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * An interrupt that an {@link EventFd} raises: whoever signals the event, another process or the kernel itself, interrupts
 * the guest, and no vCPU comes back from KVM_RUN for it: {@code KVM_IRQFD}. Where the interrupt goes is for {@link
 * GsiRouting} to say.
 *
 * <p>It keeps the counters of its events until it is closed, whether their {@link EventFd}s are closed before or not.
 */
public final class Irqfd extends VmPart {
    private final int gsi;
    private final EventFd trigger;
    private final @Nullable EventFd resample;

    private Irqfd(Vm vm, int gsi, EventFd trigger, @Nullable EventFd resample) {
        super(vm);
        this.gsi = gsi;
        this.trigger = trigger;
        this.resample = resample;
    }

    /**
     * Lets an event raise an edge-triggered or message signalled interrupt: each signal is one.
     *
     * @param gsi the global interrupt
     * @throws IllegalStateException if KVM refuses, usually since the VM has no interrupt controller in the kernel; or if
     *     the VM or the event is closed
     * @throws ErrnoException with EBUSY if the event raises an interrupt of the VM already
     */
    public static Irqfd edge(Vm vm, EventFd trigger, int gsi) {
        return begun(new Irqfd(vm, gsi, trigger.duplicate(), null));
    }

    /**
     * Lets an event raise a level-triggered interrupt, which stays raised until the guest acknowledges it. Then it is
     * lowered, and {@code resample} is signalled: who still wants the interrupt signals {@code trigger} again.
     *
     * @param gsi the global interrupt, of a controller's pin
     * @throws IllegalStateException as {@link #edge}, and if the VM's interrupt controller is a {@linkplain
     *     io.kvm4j.X86Vm#createSplitIrqchip split} one
     * @throws ErrnoException as {@link #edge}, and if the kernel lacks KVM_CAP_IRQFD_RESAMPLE
     */
    public static Irqfd level(Vm vm, EventFd trigger, EventFd resample, int gsi) {
        EventFd own = trigger.duplicate();
        try {
            return begun(new Irqfd(vm, gsi, own, resample.duplicate()));
        } catch (Throwable e) {
            throw Cleanup.after(e).run(own::close).rethrow();
        }
    }

    private static Irqfd begun(Irqfd irqfd) {
        try {
            irqfd.begin();
            return irqfd;
        } catch (Throwable e) {
            throw Cleanup.after(e).run(irqfd::release).rethrow();
        }
    }

    private void begin() {
        try (Arena call = Arena.ofConfined()) {
            KvmIrqfd struct = struct(call);
            begin(ioctls -> ioctls.irqfd(struct));
        } catch (ErrnoException e) {
            throw resample == null
                    ? Refusal.explain(e, vm())
                    : Refusal.explainPin(e, vm(), "a level-triggered interrupt for GSI " + gsi);
        }
    }

    private KvmIrqfd struct(Arena arena) {
        KvmIrqfd struct = KvmIrqfd.allocate(arena).fd(trigger.fd()).gsi(gsi);
        return resample == null ? struct : struct.resamplefd(resample.fd()).flags(IrqfdFlag.KVM_IRQFD_FLAG_RESAMPLE);
    }

    /** The global interrupt that it raises. */
    public int gsi() {
        return gsi;
    }

    @Override
    protected void end(KvmVmIoctls ioctls) {
        new Cleanup().run(() -> deassign(ioctls)).run(this::release).finish();
    }

    private void deassign(KvmVmIoctls ioctls) {
        try (Arena call = Arena.ofConfined()) {
            ioctls.irqfd(struct(call).flags(IrqfdFlag.KVM_IRQFD_FLAG_DEASSIGN));
        }
    }

    private void release() {
        Cleanup all = new Cleanup().run(trigger::close);
        if (resample != null) {
            all.run(resample::close);
        }
        all.finish();
    }

    /** What it is, for people. */
    @Override
    public String toString() {
        return "irqfd for GSI " + gsi;
    }
}
