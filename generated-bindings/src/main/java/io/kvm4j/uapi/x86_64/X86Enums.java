package io.kvm4j.uapi.x86_64;

import io.kvm4j.processor.annotations.FlagEnum;
import io.kvm4j.processor.annotations.TaggedField;
import io.kvm4j.processor.annotations.ValueEnum;

/** Enums of x86_64's VMs and vCPUs. */
interface X86Enums {
    /** What a VM is, in the eyes of confidential computing. */
    @ValueEnum(
            macros = {
                "KVM_X86_DEFAULT_VM",
                "KVM_X86_SW_PROTECTED_VM",
                "KVM_X86_SEV_VM",
                "KVM_X86_SEV_ES_VM",
                "KVM_X86_SNP_VM",
                "KVM_X86_TDX_VM"
            },
            arguments = "KVM_CREATE_VM")
    interface VmTypeSpec {}

    /** The vectors of exceptions. */
    @ValueEnum(
            macros = {
                "DE_VECTOR", "DB_VECTOR", "BP_VECTOR", "OF_VECTOR", "BR_VECTOR", "UD_VECTOR", "NM_VECTOR", "DF_VECTOR",
                "TS_VECTOR", "NP_VECTOR", "SS_VECTOR", "GP_VECTOR", "PF_VECTOR", "MF_VECTOR", "AC_VECTOR", "MC_VECTOR",
                "XM_VECTOR", "VE_VECTOR", "CP_VECTOR", "HV_VECTOR", "VC_VECTOR", "SX_VECTOR"
            },
            fields = {"kvm_vcpu_events.exception.nr", "kvm_debug_exit_arch.exception", "kvm_run.ex.exception"})
    interface ExceptionVectorSpec {}

    /** What the vCPU was doing when it came back. */
    @FlagEnum(prefix = "KVM_RUN_X86_", fields = "kvm_run.flags")
    interface RunFlagSpec {}

    /** How the guest made a hypercall. */
    @FlagEnum(prefix = "KVM_EXIT_HYPERCALL_", fields = "kvm_run.hypercall.flags")
    interface HypercallFlagSpec {}

    /** Which registers are copied by way of the shared memory area. */
    @FlagEnum(
            prefix = "KVM_SYNC_X86_",
            except = "KVM_SYNC_X86_VALID_FIELDS",
            fields = {"kvm_run.kvm_valid_regs", "kvm_run.kvm_dirty_regs"})
    interface SyncRegSpec {}

    /** How a guest is debugged. */
    @FlagEnum(prefix = "KVM_GUESTDBG_", fields = "kvm_guest_debug.control")
    interface GuestDebugFlagSpec {}

    /** Which of a vCPU's pending events are given. */
    @FlagEnum(prefix = "KVM_VCPUEVENT_VALID_", fields = "kvm_vcpu_events.flags")
    interface VcpuEventFlagSpec {}

    /** What keeps interrupts away for one instruction. */
    @FlagEnum(prefix = "KVM_X86_SHADOW_INT_", fields = "kvm_vcpu_events.interrupt.shadow")
    interface InterruptShadowFlagSpec {}

    /** Which of the special registers are given. */
    @FlagEnum(prefix = "KVM_SREGS2_FLAGS_", fields = "kvm_sregs2.flags")
    interface Sregs2FlagSpec {}

    /** What an entry of CPUID depends on. */
    @FlagEnum(prefix = "KVM_CPUID_FLAG_", fields = "kvm_cpuid_entry2.flags")
    interface CpuidFlagSpec {}

    /** What KVM does that hardware does not, for the sake of older guests. */
    @FlagEnum(
            prefix = "KVM_X86_QUIRK_",
            tagged = {
                @TaggedField(value = "kvm_enable_cap.args[0]", when = "cap is KVM_CAP_DISABLE_QUIRKS"),
                @TaggedField(value = "kvm_enable_cap.args[0]", when = "cap is KVM_CAP_DISABLE_QUIRKS2")
            })
    interface QuirkSpec {}

    /** How local interrupt controllers use the extended ids of x2APIC. */
    @FlagEnum(
            prefix = "KVM_X2APIC_",
            tagged = @TaggedField(value = "kvm_enable_cap.args[0]", when = "cap is KVM_CAP_X2APIC_API"))
    interface X2apicFlagSpec {}

    /** Which accesses the filter of a range of MSRs is about. */
    @FlagEnum(
            macros = {"KVM_MSR_FILTER_READ", "KVM_MSR_FILTER_WRITE"},
            fields = "kvm_msr_filter_range.flags")
    interface MsrFilterRangeFlagSpec {}

    /** What becomes of accesses to MSRs that no range covers. */
    @ValueEnum(prefix = "KVM_MSR_FILTER_DEFAULT_", fields = "kvm_msr_filter.flags", mask = "KVM_MSR_FILTER_VALID_MASK")
    interface MsrFilterDefaultSpec {}

    /** Whether a filter of performance events allows those that it names. */
    @ValueEnum(
            macros = {"KVM_PMU_EVENT_ALLOW", "KVM_PMU_EVENT_DENY"},
            fields = "kvm_pmu_event_filter.action")
    interface PmuEventActionSpec {}

    /** How a filter names performance events. */
    @FlagEnum(prefix = "KVM_PMU_EVENT_FLAG_", fields = "kvm_pmu_event_filter.flags")
    interface PmuEventFilterFlagSpec {}

    /** What a nested guest was doing. */
    @FlagEnum(
            macros = {
                "KVM_STATE_NESTED_GUEST_MODE",
                "KVM_STATE_NESTED_RUN_PENDING",
                "KVM_STATE_NESTED_EVMCS",
                "KVM_STATE_NESTED_MTF_PENDING",
                "KVM_STATE_NESTED_GIF_SET"
            },
            fields = "kvm_nested_state.flags")
    interface NestedStateFlagSpec {}

    /** Which vendor's virtualization a nested guest's state is of. */
    @ValueEnum(prefix = "KVM_STATE_NESTED_FORMAT_", fields = "kvm_nested_state.format")
    interface NestedStateFormatSpec {}

    /** What a nested guest was doing when system management mode interrupted it. */
    @FlagEnum(prefix = "KVM_STATE_NESTED_SMM_", fields = "kvm_vmx_nested_state_hdr.smm.flags")
    interface NestedSmmFlagSpec {}

    /** Which fields of VMX's nested state are given. */
    @FlagEnum(prefix = "KVM_STATE_VMX_", fields = "kvm_vmx_nested_state_hdr.flags")
    interface VmxNestedStateFlagSpec {}
}
