package io.kvm4j.state;

import io.kvm4j.EnabledCapability;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmMpState;
import io.kvm4j.uapi.x86_64.KvmCpuid2;
import io.kvm4j.uapi.x86_64.KvmCpuidEntry2;
import io.kvm4j.uapi.x86_64.KvmDebugregs;
import io.kvm4j.uapi.x86_64.KvmFpu;
import io.kvm4j.uapi.x86_64.KvmLapicState;
import io.kvm4j.uapi.x86_64.KvmMsrEntry;
import io.kvm4j.uapi.x86_64.KvmMsrs;
import io.kvm4j.uapi.x86_64.KvmNestedState;
import io.kvm4j.uapi.x86_64.KvmRegs;
import io.kvm4j.uapi.x86_64.KvmSregs;
import io.kvm4j.uapi.x86_64.KvmSregs2;
import io.kvm4j.uapi.x86_64.KvmVcpuEvents;
import io.kvm4j.uapi.x86_64.KvmXcrs;
import io.kvm4j.uapi.x86_64.KvmXsave;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a vCPU's state on x86_64, each of the size that its struct has; null is what the kernel that it was saved on
 * could not give.
 *
 * @param id the vCPU's number
 * @param sregs there if {@code sregs2} is not
 * @param fpu there if {@code xsave} is not
 * @param tscKhz the frequency of the time stamp counter
 * @param capabilities those that were turned on for the vCPU
 */
record X86VcpuParts(
        int id,
        KvmCpuid2 cpuid,
        @Nullable Integer tscKhz,
        @Nullable KvmSregs2 sregs2,
        @Nullable KvmSregs sregs,
        @Nullable KvmNestedState nested,
        KvmRegs regs,
        @Nullable KvmXcrs xcrs,
        @Nullable KvmXsave xsave,
        @Nullable KvmFpu fpu,
        @Nullable KvmDebugregs debugregs,
        @Nullable KvmLapicState lapic,
        KvmMsrs msrs,
        @Nullable KvmVcpuEvents events,
        @Nullable KvmMpState mpState,
        List<EnabledCapability> capabilities) {
    static final SavedCapabilities SAVED_CAPABILITIES = new SavedCapabilities(
            Capability.KVM_CAP_HYPERV_SYNIC,
            Capability.KVM_CAP_HYPERV_SYNIC2,
            Capability.KVM_CAP_HYPERV_ENFORCE_CPUID,
            Capability.KVM_CAP_ENFORCE_PV_FEATURE_CPUID);

    static final String ID = "vcpu_id";
    static final String CPUID = "kvm_cpuid2";
    static final String TSC_KHZ = "tsc_khz";
    static final String SREGS2 = "kvm_sregs2";
    static final String SREGS = "kvm_sregs";
    static final String NESTED = "kvm_nested_state";
    static final String REGS = "kvm_regs";
    static final String XCRS = "kvm_xcrs";
    static final String XSAVE = "kvm_xsave";
    static final String FPU = "kvm_fpu";
    static final String DEBUGREGS = "kvm_debugregs";
    static final String LAPIC = "kvm_lapic_state";
    static final String MSRS = "kvm_msrs";
    static final String EVENTS = "kvm_vcpu_events";
    static final String MP_STATE = "kvm_mp_state";

    private static final Set<String> KNOWN = Set.of(
            ID,
            CPUID,
            TSC_KHZ,
            SREGS2,
            SREGS,
            NESTED,
            REGS,
            XCRS,
            XSAVE,
            FPU,
            DEBUGREGS,
            LAPIC,
            MSRS,
            EVENTS,
            MP_STATE,
            SavedCapabilities.PART);

    /**
     * Looks at all parts of a state.
     *
     * @throws StateFormatException if one is missing, unknown or of another size
     */
    static X86VcpuParts of(StateImage image) {
        image.requireKnown(StateImage.X86_64, KNOWN);
        X86VcpuParts parts = new X86VcpuParts(
                image.present(ID, image.number(ID)),
                image.counted(CPUID, KvmCpuid2.LAYOUT, KvmCpuidEntry2.LAYOUT, KvmCpuid2::of),
                image.number(TSC_KHZ),
                image.fixed(SREGS2, KvmSregs2.LAYOUT, KvmSregs2::of),
                image.fixed(SREGS, KvmSregs.LAYOUT, KvmSregs::of),
                image.atLeast(NESTED, KvmNestedState.LAYOUT, KvmNestedState::of),
                image.present(REGS, image.fixed(REGS, KvmRegs.LAYOUT, KvmRegs::of)),
                image.fixed(XCRS, KvmXcrs.LAYOUT, KvmXcrs::of),
                image.atLeast(XSAVE, KvmXsave.LAYOUT, KvmXsave::of),
                image.fixed(FPU, KvmFpu.LAYOUT, KvmFpu::of),
                image.fixed(DEBUGREGS, KvmDebugregs.LAYOUT, KvmDebugregs::of),
                image.fixed(LAPIC, KvmLapicState.LAYOUT, KvmLapicState::of),
                image.counted(MSRS, KvmMsrs.LAYOUT, KvmMsrEntry.LAYOUT, KvmMsrs::of),
                image.fixed(EVENTS, KvmVcpuEvents.LAYOUT, KvmVcpuEvents::of),
                image.fixed(MP_STATE, KvmMpState.LAYOUT, KvmMpState::of),
                SAVED_CAPABILITIES.of(image));
        parts.requireWhole(image);
        return parts;
    }

    private void requireWhole(StateImage image) {
        if (sregs2 == null) {
            image.present(SREGS, sregs);
        }
        if (xsave == null) {
            image.present(FPU, fpu);
        }
        if (nested != null
                && Integer.toUnsignedLong(nested.size()) != nested.segment().byteSize()) {
            throw new StateFormatException("%s says that it has another size than the %d bytes in the state"
                    .formatted(NESTED, nested.segment().byteSize()));
        }
    }
}
