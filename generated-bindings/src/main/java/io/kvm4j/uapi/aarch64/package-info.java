/**
 * What of the KVM uapi belongs to 64-bit Arm: views of the structs of its {@code asm/kvm.h} and of those that embed them,
 * its constants and its ioctls.
 */
@NullMarked
@UapiPackage(headers = "asm/kvm.h", constants = "Arm64Constants", architecture = "aarch64")
@Unclaimed(
        reason = "no method yet; IoctlCall.call reaches them",
        value = {
            "KVM_ARM_GET_REG_WRITABLE_MASKS",
            "KVM_ARM_MTE_COPY_TAGS",
            "KVM_ARM_SET_COUNTER_OFFSET",
            "KVM_GET_FPU",
            "KVM_GET_IRQCHIP",
            "KVM_GET_REGS",
            "KVM_GET_SREGS",
            "KVM_GET_VCPU_EVENTS",
            "KVM_SET_FPU",
            "KVM_SET_GUEST_DEBUG",
            "KVM_SET_IRQCHIP",
            "KVM_SET_PMU_EVENT_FILTER",
            "KVM_SET_REGS",
            "KVM_SET_SREGS",
            "KVM_SET_VCPU_EVENTS"
        })
package io.kvm4j.uapi.aarch64;

import io.kvm4j.processor.annotations.UapiPackage;
import io.kvm4j.processor.annotations.Unclaimed;
import org.jspecify.annotations.NullMarked;
