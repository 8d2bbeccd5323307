/**
 * The KVM uapi as it is on every architecture: views of the structs of {@code linux/kvm.h}, its constants, its ioctls by
 * kind of file descriptor, and the exits of a vCPU. All but the ioctl interfaces and a few support classes is generated
 * from the headers.
 *
 * <h2>Flags and numbers with names</h2>
 *
 * <p>Macros that are flags are constants of an enum such as {@link io.kvm4j.uapi.MemoryRegionFlag}, with a type of sets
 * such as {@link io.kvm4j.uapi.MemoryRegionFlags} that keeps unnamed bits; macros that exclude each other are constants
 * of a class such as {@link io.kvm4j.uapi.Capability}, in which any other number is an object too. Each says by {@link
 * io.kvm4j.uapi.HeldBy} which fields and arguments hold it. A field that one of them belongs to has, beside {@code int
 * flags()} and {@code flags(int)}:
 *
 * <ul>
 *   <li>{@code flagsSet()}, or for a number {@code typeValue()}: the field as that type;
 *   <li>{@code flags(MemoryRegionFlags)}, {@code flags(MemoryRegionFlag...)}, or {@code type(DeviceType)}: setters;
 *   <li>for a number in some bits of a field, {@code statsUnitValue()}, named after the enum, and a setter that leaves
 *       the other bits alone.
 * </ul>
 *
 * <p>Where a field's meaning depends on something else, as that of {@code kvm_enable_cap.args[0]} on the capability, and
 * where a struct of all architectures holds what only one has, the enum has the accessors: {@code
 * RunFlags.flagsOf(run)} and {@code disabledExits.argsTo(enableCap)}. The plain accessors never allocate; those of sets
 * and unnamed numbers may make an object, which a loop that must not allocate does without.
 *
 * <p>The numbers that are in no enum, and why, stand in {@link io.kvm4j.uapi.PlainConstants} at the class of constants.
 */
@NullMarked
@UapiPackage(
        headers = "linux/kvm.h",
        constants = "KvmConstants",
        neutral = "kvm_run",
        flexibleArrays = {
            @FlexibleArray(struct = "kvm_signal_mask", count = "len"),
            @FlexibleArray(struct = "kvm_irq_routing", count = "nr"),
            @FlexibleArray(struct = "kvm_reg_list", count = "n")
        })
@Unclaimed({
    @Excuse(
            reason = "no architecture handles it",
            value = {"KVM_GET_NR_MMU_PAGES"}),
    @Excuse(
            reason = "only PowerPC handles it",
            value = {
                "KVM_ALLOCATE_RMA",
                "KVM_CREATE_SPAPR_TCE",
                "KVM_CREATE_SPAPR_TCE_64",
                "KVM_DIRTY_TLB",
                "KVM_PPC_ALLOCATE_HTAB",
                "KVM_PPC_CONFIGURE_V3_MMU",
                "KVM_PPC_GET_CPU_CHAR",
                "KVM_PPC_GET_HTAB_FD",
                "KVM_PPC_GET_PVINFO",
                "KVM_PPC_GET_RMMU_INFO",
                "KVM_PPC_GET_SMMU_INFO",
                "KVM_PPC_RESIZE_HPT_COMMIT",
                "KVM_PPC_RESIZE_HPT_PREPARE",
                "KVM_PPC_RTAS_DEFINE_TOKEN",
                "KVM_PPC_SVM_OFF"
            }),
    @Excuse(
            reason = "only s390 handles it",
            value = {
                "KVM_S390_CLEAR_RESET",
                "KVM_S390_ENABLE_SIE",
                "KVM_S390_GET_CMMA_BITS",
                "KVM_S390_GET_IRQ_STATE",
                "KVM_S390_GET_SKEYS",
                "KVM_S390_INITIAL_RESET",
                "KVM_S390_INTERRUPT",
                "KVM_S390_IRQ",
                "KVM_S390_KEYOP",
                "KVM_S390_MEM_OP",
                "KVM_S390_NORMAL_RESET",
                "KVM_S390_PV_COMMAND",
                "KVM_S390_PV_CPU_COMMAND",
                "KVM_S390_SET_CMMA_BITS",
                "KVM_S390_SET_INITIAL_PSW",
                "KVM_S390_SET_IRQ_STATE",
                "KVM_S390_SET_SKEYS",
                "KVM_S390_STORE_STATUS",
                "KVM_S390_UCAS_MAP",
                "KVM_S390_UCAS_UNMAP",
                "KVM_S390_VCPU_FAULT",
                "KVM_S390_ZPCI_OP"
            }),
    @Excuse(
            reason = "of the architectures bound here only x86_64 handles it",
            architectures = {"aarch64", "riscv64"},
            value = {
                "KVM_CREATE_PIT",
                "KVM_CREATE_PIT2",
                "KVM_GET_CLOCK",
                "KVM_GET_CPUID2",
                "KVM_GET_DEBUGREGS",
                "KVM_GET_EMULATED_CPUID",
                "KVM_GET_FPU",
                "KVM_GET_IRQCHIP",
                "KVM_GET_LAPIC",
                "KVM_GET_MSRS",
                "KVM_GET_MSR_FEATURE_INDEX_LIST",
                "KVM_GET_MSR_INDEX_LIST",
                "KVM_GET_NESTED_STATE",
                "KVM_GET_PIT",
                "KVM_GET_PIT2",
                "KVM_GET_REGS",
                "KVM_GET_SREGS",
                "KVM_GET_SREGS2",
                "KVM_GET_SUPPORTED_CPUID",
                "KVM_GET_SUPPORTED_HV_CPUID",
                "KVM_GET_TSC_KHZ",
                "KVM_GET_XCRS",
                "KVM_GET_XSAVE",
                "KVM_GET_XSAVE2",
                "KVM_HYPERV_EVENTFD",
                "KVM_KVMCLOCK_CTRL",
                "KVM_MEMORY_ENCRYPT_OP",
                "KVM_MEMORY_ENCRYPT_REG_REGION",
                "KVM_MEMORY_ENCRYPT_UNREG_REGION",
                "KVM_NMI",
                "KVM_PRE_FAULT_MEMORY",
                "KVM_REINJECT_CONTROL",
                "KVM_SET_BOOT_CPU_ID",
                "KVM_SET_CLOCK",
                "KVM_SET_CPUID",
                "KVM_SET_CPUID2",
                "KVM_SET_DEBUGREGS",
                "KVM_SET_FPU",
                "KVM_SET_IDENTITY_MAP_ADDR",
                "KVM_SET_IRQCHIP",
                "KVM_SET_LAPIC",
                "KVM_SET_MEMORY_ATTRIBUTES",
                "KVM_SET_MSRS",
                "KVM_SET_NESTED_STATE",
                "KVM_SET_NR_MMU_PAGES",
                "KVM_SET_PIT",
                "KVM_SET_PIT2",
                "KVM_SET_PMU_EVENT_FILTER",
                "KVM_SET_REGS",
                "KVM_SET_SREGS",
                "KVM_SET_SREGS2",
                "KVM_SET_TSC_KHZ",
                "KVM_SET_TSS_ADDR",
                "KVM_SET_VAPIC_ADDR",
                "KVM_SET_XCRS",
                "KVM_SET_XSAVE",
                "KVM_SMI",
                "KVM_TPR_ACCESS_REPORTING",
                "KVM_TRANSLATE",
                "KVM_X86_GET_MCE_CAP_SUPPORTED",
                "KVM_X86_SETUP_MCE",
                "KVM_X86_SET_MCE",
                "KVM_X86_SET_MSR_FILTER",
                "KVM_XEN_HVM_CONFIG",
                "KVM_XEN_HVM_EVTCHN_SEND",
                "KVM_XEN_HVM_GET_ATTR",
                "KVM_XEN_HVM_SET_ATTR",
                "KVM_XEN_VCPU_GET_ATTR",
                "KVM_XEN_VCPU_SET_ATTR"
            }),
    @Excuse(
            reason = "of the architectures bound here only aarch64 handles it",
            architectures = {"riscv64", "x86_64"},
            value = {
                "KVM_ARM_GET_REG_WRITABLE_MASKS",
                "KVM_ARM_MTE_COPY_TAGS",
                "KVM_ARM_PREFERRED_TARGET",
                "KVM_ARM_SET_COUNTER_OFFSET",
                "KVM_ARM_SET_DEVICE_ADDR",
                "KVM_ARM_VCPU_FINALIZE",
                "KVM_ARM_VCPU_INIT"
            }),
    @Excuse(
            reason = "of the architectures bound here only riscv64 and x86_64 handle it",
            architectures = {"aarch64"},
            value = {"KVM_INTERRUPT"}),
    @Excuse(
            reason = "of the architectures bound here only aarch64 and x86_64 handle it",
            architectures = {"riscv64"},
            value = {"KVM_CREATE_GUEST_MEMFD", "KVM_CREATE_IRQCHIP", "KVM_GET_VCPU_EVENTS", "KVM_SET_VCPU_EVENTS"}),
    @Excuse(reason = "only PowerPC handles it", since = "linux-7.3", value = "KVM_PPC_GET_COMPAT_CAPS"),
    @Excuse(
            reason = "no kernel handles it any more",
            until = "linux-6.1",
            value = {
                "KVM_ASSIGN_DEV_IRQ",
                "KVM_ASSIGN_IRQ",
                "KVM_ASSIGN_PCI_DEVICE",
                "KVM_ASSIGN_SET_INTX_MASK",
                "KVM_ASSIGN_SET_MSIX_ENTRY",
                "KVM_ASSIGN_SET_MSIX_NR",
                "KVM_DEASSIGN_DEV_IRQ",
                "KVM_DEASSIGN_PCI_DEVICE",
                "KVM_DEBUG_GUEST",
                "KVM_SET_MEMORY_ALIAS",
                "KVM_SET_MEMORY_REGION",
                "KVM_TRACE_DISABLE",
                "KVM_TRACE_ENABLE",
                "KVM_TRACE_PAUSE",
                "__KVM_DEPRECATED_MAIN_0x07",
                "__KVM_DEPRECATED_MAIN_0x08",
                "__KVM_DEPRECATED_MAIN_W_0x06",
                "__KVM_DEPRECATED_VCPU_W_0x87",
                "__KVM_DEPRECATED_VM_R_0x70"
            })
})
package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.Excuse;
import io.kvm4j.processor.annotations.FlexibleArray;
import io.kvm4j.processor.annotations.UapiPackage;
import io.kvm4j.processor.annotations.Unclaimed;
import org.jspecify.annotations.NullMarked;
