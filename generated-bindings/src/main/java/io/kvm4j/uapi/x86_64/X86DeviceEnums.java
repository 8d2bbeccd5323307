package io.kvm4j.uapi.x86_64;

import io.kvm4j.processor.annotations.FlagEnum;
import io.kvm4j.processor.annotations.TaggedField;
import io.kvm4j.processor.annotations.ValueEnum;

/** Enums of x86_64's devices, device attributes and paravirtual interfaces. */
interface X86DeviceEnums {
    /** The interrupt controllers of a PC. */
    @ValueEnum(
            prefix = "KVM_IRQCHIP_",
            fields = {"kvm_irqchip.chip_id", "kvm_irq_routing_irqchip.irqchip"})
    interface IrqchipIdSpec {}

    /** What the PC's timer is set to. */
    @FlagEnum(prefix = "KVM_PIT_FLAGS_", fields = "kvm_pit_state2.flags")
    interface PitStateFlagSpec {}

    /** The attribute groups of {@code /dev/kvm} itself. */
    @ValueEnum(
            prefix = "KVM_X86_GRP_",
            tagged = @TaggedField(value = "kvm_device_attr.group", when = "the descriptor is that of /dev/kvm"))
    interface SystemAttributeGroupSpec {}

    /** The attributes of {@code /dev/kvm} that no vendor owns. */
    @ValueEnum(
            prefix = "KVM_X86_XCOMP_",
            tagged = @TaggedField(value = "kvm_device_attr.attr", when = "group is KVM_X86_GRP_SYSTEM"))
    interface SystemAttributeSpec {}

    /** The attributes of {@code /dev/kvm} about encrypted VMs. */
    @ValueEnum(
            macros = {"KVM_X86_SEV_VMSA_FEATURES", "KVM_X86_SNP_POLICY_BITS", "KVM_X86_SEV_SNP_REQ_CERTS"},
            tagged = @TaggedField(value = "kvm_device_attr.attr", when = "group is KVM_X86_GRP_SEV"))
    interface SevAttributeSpec {}

    /** The attribute groups of a vCPU. */
    @ValueEnum(
            macros = "KVM_VCPU_TSC_CTRL",
            tagged = @TaggedField(value = "kvm_device_attr.group", when = "the descriptor is that of a vCPU"))
    interface VcpuAttributeGroupSpec {}

    /** The attributes of a vCPU's timestamp counter. */
    @ValueEnum(
            prefix = "KVM_VCPU_TSC_OFFSET",
            tagged = @TaggedField(value = "kvm_device_attr.attr", when = "group is KVM_VCPU_TSC_CTRL"))
    interface TscAttributeSpec {}

    /** What to do with an eventfd for a Hyper-V guest's messages. */
    @FlagEnum(prefix = "KVM_HYPERV_EVENTFD_", fields = "kvm_hyperv_eventfd.flags")
    interface HypervEventfdFlagSpec {}

    /** What of Xen's interfaces a VM has. */
    @FlagEnum(prefix = "KVM_XEN_HVM_CONFIG_", fields = "kvm_xen_hvm_config.flags")
    interface XenConfigFlagSpec {}

    /** The attributes of a Xen guest. */
    @ValueEnum(prefix = "KVM_XEN_ATTR_TYPE_", fields = "kvm_xen_hvm_attr.type")
    interface XenAttributeTypeSpec {}

    /** The attributes of a Xen guest's vCPU. */
    @ValueEnum(prefix = "KVM_XEN_VCPU_ATTR_TYPE_", fields = "kvm_xen_vcpu_attr.type")
    interface XenVcpuAttributeTypeSpec {}

    /** What to do with an event channel of a Xen guest. */
    @FlagEnum(prefix = "KVM_XEN_EVTCHN_", fields = "kvm_xen_hvm_attr.u.evtchn.flags")
    interface XenEventChannelFlagSpec {}
}
