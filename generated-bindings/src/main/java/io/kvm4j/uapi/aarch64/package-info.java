/**
 * What of the KVM uapi belongs to 64-bit Arm: views of the structs of its {@code asm/kvm.h} and of those that embed them,
 * its constants and its ioctls.
 */
@NullMarked
@UapiPackage(headers = "asm/kvm.h", constants = "Arm64Constants", architecture = "aarch64")
@Unclaimed(
        reason = "Linux 7.2 does not handle it on this architecture",
        value = {
            "KVM_GET_FPU",
            "KVM_GET_IRQCHIP",
            "KVM_GET_REGS",
            "KVM_GET_SREGS",
            "KVM_SET_FPU",
            "KVM_SET_IRQCHIP",
            "KVM_SET_PMU_EVENT_FILTER",
            "KVM_SET_REGS",
            "KVM_SET_SREGS"
        })
package io.kvm4j.uapi.aarch64;

import io.kvm4j.processor.annotations.UapiPackage;
import io.kvm4j.processor.annotations.Unclaimed;
import org.jspecify.annotations.NullMarked;
