package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.FlagEnum;
import io.kvm4j.processor.annotations.TaggedField;
import io.kvm4j.processor.annotations.ValueEnum;

/** Enums of devices, interrupts, clocks and statistics. */
interface DeviceEnums {
    /** The kinds of in-kernel devices. */
    @ValueEnum(prefix = "KVM_DEV_TYPE_", except = "KVM_DEV_TYPE_MAX", fields = "kvm_create_device.type")
    interface DeviceTypeSpec {}

    /** How a device is created. */
    @FlagEnum(prefix = "KVM_CREATE_DEVICE_", fields = "kvm_create_device.flags")
    interface CreateDeviceFlagSpec {}

    /** The attribute groups of the VFIO device. */
    @ValueEnum(
            macros = "KVM_DEV_VFIO_FILE",
            tagged = @TaggedField(value = "kvm_device_attr.group", when = "the device is a KVM_DEV_TYPE_VFIO"))
    interface VfioGroupSpec {}

    /** What to do with a VFIO file. */
    @ValueEnum(
            macros = {"KVM_DEV_VFIO_FILE_ADD", "KVM_DEV_VFIO_FILE_DEL", "KVM_DEV_VFIO_GROUP_SET_SPAPR_TCE"},
            tagged = @TaggedField(value = "kvm_device_attr.attr", when = "group is KVM_DEV_VFIO_FILE"))
    interface VfioFileOperationSpec {}

    /** Where an interrupt is routed to. */
    @ValueEnum(
            prefix = "KVM_IRQ_ROUTING_",
            except = "KVM_IRQ_ROUTING_XEN_EVTCHN_PRIO_2LEVEL",
            fields = "kvm_irq_routing_entry.type")
    interface IrqRoutingTypeSpec {}

    /** How an event channel of a Xen guest is delivered. */
    @ValueEnum(prefix = "KVM_IRQ_ROUTING_XEN_EVTCHN_PRIO_", fields = "kvm_irq_routing_xen_evtchn.priority")
    interface XenEventPrioritySpec {}

    /** What of a message-signalled interrupt is given. */
    @FlagEnum(
            prefix = "KVM_MSI_VALID_",
            fields = {"kvm_msi.flags", "kvm_irq_routing_entry.flags"})
    interface MsiFlagSpec {}

    /** How an eventfd raises an interrupt. */
    @FlagEnum(prefix = "KVM_IRQFD_FLAG_", fields = "kvm_irqfd.flags")
    interface IrqfdFlagSpec {}

    /** Which writes signal an eventfd. */
    @FlagEnum(prefix = "KVM_IOEVENTFD_FLAG_", fields = "kvm_ioeventfd.flags")
    interface IoeventfdFlagSpec {}

    /** How the in-kernel timer of the PC is created. */
    @FlagEnum(prefix = "KVM_PIT_SPEAKER_", fields = "kvm_pit_config.flags")
    interface PitConfigFlagSpec {}

    /** What of the paravirtual clock's data is given. */
    @FlagEnum(prefix = "KVM_CLOCK_", fields = "kvm_clock_data.flags")
    interface ClockFlagSpec {}

    /** What a statistic measures. */
    @ValueEnum(
            prefix = "KVM_STATS_TYPE_",
            except = {"KVM_STATS_TYPE_MASK", "KVM_STATS_TYPE_SHIFT", "KVM_STATS_TYPE_MAX"},
            fields = "kvm_stats_desc.flags",
            mask = "KVM_STATS_TYPE_MASK")
    interface StatsTypeSpec {}

    /** The unit of a statistic. */
    @ValueEnum(
            prefix = "KVM_STATS_UNIT_",
            except = {"KVM_STATS_UNIT_MASK", "KVM_STATS_UNIT_SHIFT", "KVM_STATS_UNIT_MAX"},
            fields = "kvm_stats_desc.flags",
            mask = "KVM_STATS_UNIT_MASK")
    interface StatsUnitSpec {}

    /** The base that a statistic's exponent belongs to. */
    @ValueEnum(
            prefix = "KVM_STATS_BASE_",
            except = {"KVM_STATS_BASE_MASK", "KVM_STATS_BASE_SHIFT", "KVM_STATS_BASE_MAX"},
            fields = "kvm_stats_desc.flags",
            mask = "KVM_STATS_BASE_MASK")
    interface StatsBaseSpec {}
}
