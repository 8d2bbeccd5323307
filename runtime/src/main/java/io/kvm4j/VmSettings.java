package io.kvm4j;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmIrqRouting;
import io.kvm4j.uapi.x86_64.MsrFilter;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a VM was told by this library's methods and KVM cannot be asked for; what was set by raw ioctls is not in it. {@link
 * io.kvm4j.state.VmSnapshot} saves and restores it. Any thread may use it.
 */
public final class VmSettings {
    @GuardedBy("this")
    private final List<EnabledCapability> capabilities = new ArrayList<>();

    @GuardedBy("this")
    private @Nullable KvmIrqRouting irqRouting;

    @GuardedBy("this")
    private @Nullable MsrFilter msrFilter;

    VmSettings() {}

    /** The capabilities that {@link Vm#enableCap} turned on, in the order in which that was done last. */
    public synchronized List<EnabledCapability> capabilities() {
        return List.copyOf(capabilities);
    }

    /** The routes of {@link Vm#routeInterrupts}; empty if that was not called. To be read only. */
    public synchronized Optional<KvmIrqRouting> irqRouting() {
        return Optional.ofNullable(irqRouting);
    }

    /** The filter of {@link X86Vm#filterMsrs}; empty if that was not called. To be read only. */
    public synchronized Optional<MsrFilter> msrFilter() {
        return Optional.ofNullable(msrFilter);
    }

    synchronized void enabled(Capability capability, long... arguments) {
        EnabledCapability.of(capability, arguments).addTo(capabilities);
    }

    synchronized void routed(KvmIrqRouting table) {
        irqRouting = KvmIrqRouting.of(
                Arena.ofAuto().allocate(table.segment().byteSize(), Long.BYTES).copyFrom(table.segment()));
    }

    synchronized void filtered(MsrFilter filter) {
        msrFilter = MsrFilter.ofBytes(Arena.ofAuto(), filter.toBytes());
    }
}
