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
package io.kvm4j.uapi.x86_64;

import io.kvm4j.processor.annotations.FlexibleArray;
import io.kvm4j.processor.annotations.UapiPackage;
import org.jspecify.annotations.NullMarked;
