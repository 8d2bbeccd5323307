/**
 * What of the KVM uapi belongs to x86_64: views of the structs of its {@code asm/kvm.h} and of those that embed them,
 * its constants and its ioctls.
 */
@NullMarked
@UapiPackage(
        headers = "asm/kvm.h",
        constants = "X86Constants",
        architecture = "x86_64",
        flexibleArrays = {
            @FlexibleArray(struct = "kvm_cpuid", count = "nent"),
            @FlexibleArray(struct = "kvm_cpuid2", count = "nent"),
            @FlexibleArray(struct = "kvm_msrs", count = "nmsrs"),
            @FlexibleArray(struct = "kvm_msr_list", count = "nmsrs"),
            @FlexibleArray(struct = "kvm_pmu_event_filter", count = "nevents")
        })
@Unclaimed(
        reason =
                "the ioctls that a small VM does without have no method yet; KvmConstants and IoctlCall.call reach them",
        value = {
            "KVM_GET_DEBUGREGS",
            "KVM_GET_EMULATED_CPUID",
            "KVM_GET_FPU",
            "KVM_GET_LAPIC",
            "KVM_GET_MSRS",
            "KVM_GET_MSR_FEATURE_INDEX_LIST",
            "KVM_GET_MSR_INDEX_LIST",
            "KVM_GET_NESTED_STATE",
            "KVM_GET_PIT",
            "KVM_GET_PIT2",
            "KVM_GET_SREGS2",
            "KVM_GET_SUPPORTED_HV_CPUID",
            "KVM_GET_VCPU_EVENTS",
            "KVM_GET_XCRS",
            "KVM_GET_XSAVE",
            "KVM_GET_XSAVE2",
            "KVM_HYPERV_EVENTFD",
            "KVM_SET_CPUID",
            "KVM_SET_DEBUGREGS",
            "KVM_SET_FPU",
            "KVM_SET_GUEST_DEBUG",
            "KVM_SET_LAPIC",
            "KVM_SET_MSRS",
            "KVM_SET_NESTED_STATE",
            "KVM_SET_PIT",
            "KVM_SET_PIT2",
            "KVM_SET_PMU_EVENT_FILTER",
            "KVM_SET_SREGS2",
            "KVM_SET_VCPU_EVENTS",
            "KVM_SET_XCRS",
            "KVM_SET_XSAVE",
            "KVM_X86_SET_MCE",
            "KVM_X86_SET_MSR_FILTER",
            "KVM_XEN_HVM_CONFIG",
            "KVM_XEN_HVM_GET_ATTR",
            "KVM_XEN_HVM_SET_ATTR",
            "KVM_XEN_VCPU_GET_ATTR",
            "KVM_XEN_VCPU_SET_ATTR"
        })
package io.kvm4j.uapi.x86_64;

import io.kvm4j.processor.annotations.FlexibleArray;
import io.kvm4j.processor.annotations.UapiPackage;
import io.kvm4j.processor.annotations.Unclaimed;
import org.jspecify.annotations.NullMarked;
