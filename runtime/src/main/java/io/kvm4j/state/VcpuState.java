package io.kvm4j.state;

import io.kvm4j.Vcpu;
import io.kvm4j.uapi.KvmExit;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Consumer;

/**
 * The state of a vCPU: its registers of all kinds, its APIC, what is pending, and what its CPUID answers. It is a part of
 * {@link VmSnapshot}, which saves and restores a whole VM: restored one by one, the time stamp counters of several vCPUs
 * drift apart. On x86_64 only.
 */
public final class VcpuState extends SavedState {
    private final int id;

    private VcpuState(StateImage image) {
        super(image);
        this.id = X86VcpuParts.of(image).id();
    }

    /**
     * Saves a vCPU that stands still. The exit that it last came back for is completed first, as
     * {@link Vcpu#completeExit} does: what the guest reads from a port or a device is set by then.
     *
     * @throws UnfinishedExitException if that leads to another exit, which must be handled before
     * @throws IllegalStateException if another thread uses the vCPU, or it is closed
     */
    public static VcpuState save(Vcpu vcpu) {
        return vcpu.exclusively(() -> {
            KvmExit exit = vcpu.completeExit();
            if (!(exit instanceof KvmExit.Intr)) {
                throw new UnfinishedExitException(exit);
            }
            return new VcpuState(X86VcpuSaver.save(vcpu));
        });
    }

    /**
     * Gives the state to a vCPU that has not run yet, of a VM whose devices are those of the saved one.
     *
     * @throws StateRestoreException if this host cannot run the guest as the one that it comes from, or an MSR does not take
     *     its value
     * @throws io.kvm4j.uapi.ErrnoException if KVM refuses a part
     * @throws IllegalArgumentException if it is the state of a vCPU with another number
     */
    @SuppressWarnings("DoNotCallSuggester") // it throws only if MSRs were refused
    public void restore(Vcpu vcpu) {
        restore(vcpu, refused -> {
            throw StateRestoreException.lacking(refused);
        });
    }

    /**
     * Does what {@link #restore(Vcpu)} does, but leaves to the caller whether the guest can do without some MSRs.
     *
     * @param refused is given the MSRs that do not take their values, if there are some, when all else is restored
     */
    public void restore(Vcpu vcpu, Consumer<List<RefusedMsr>> refused) {
        requireIsOf(vcpu);
        X86VcpuParts parts = X86VcpuParts.of(image());
        List<RefusedMsr> left = vcpu.exclusively(() -> X86VcpuLoader.load(vcpu, parts));
        if (!left.isEmpty()) {
            refused.accept(left);
        }
    }

    /** What restores this state to a vCPU step by step. */
    X86VcpuLoader loader(Vcpu vcpu) {
        requireIsOf(vcpu);
        return new X86VcpuLoader(vcpu, X86VcpuParts.of(image()));
    }

    private void requireIsOf(Vcpu vcpu) {
        if (vcpu.id() != id) {
            throw new IllegalArgumentException(
                    "the state of vCPU %d cannot be restored to vCPU %d".formatted(id, vcpu.id()));
        }
    }

    /** The number of the vCPU. */
    public int id() {
        return id;
    }

    /**
     * Reads a state that was saved.
     *
     * @param bytes what {@link #toBytes} gave, and nothing else
     * @throws StateFormatException if they are anything else
     */
    public static VcpuState parse(byte[] bytes) {
        return parse(bytes, StateKind.VCPU, VcpuState::new);
    }

    /**
     * Reads a state that was saved, and leaves what follows it in the stream.
     *
     * @throws StateFormatException if there is anything else
     * @throws IOException if the stream fails
     */
    public static VcpuState readFrom(InputStream in) throws IOException {
        return new VcpuState(StateFormat.decode(StateKind.VCPU, in));
    }
}
