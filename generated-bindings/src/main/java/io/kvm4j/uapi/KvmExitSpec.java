package io.kvm4j.uapi;

import io.kvm4j.processor.annotations.Exit;
import io.kvm4j.processor.annotations.ExitFamily;
import io.kvm4j.processor.annotations.Exits;

/**
 * Why {@code KVM_RUN} came back. Each type is a view of the arm of {@code struct kvm_run} that belongs to its reason; it
 * may be read until the vCPU runs again.
 */
@Exits(
        struct = "kvm_run",
        field = "exit_reason",
        prefix = "KVM_EXIT_",
        reasons = "ExitReason",
        unread = "padding",
        except = {
            "KVM_EXIT_IO_IN",
            "KVM_EXIT_IO_OUT",
            "KVM_EXIT_HYPERV_SYNIC",
            "KVM_EXIT_HYPERV_HCALL",
            "KVM_EXIT_HYPERV_SYNDBG",
            "KVM_EXIT_XEN_HCALL",
            "KVM_EXIT_ARM_SEA_FLAG_GPA_VALID"
        },
        exits = {
            @Exit(value = "KVM_EXIT_UNKNOWN", type = "HardwareUnknown", arm = "hw"),
            @Exit(value = "KVM_EXIT_EXCEPTION", type = "GuestException", arm = "ex"),
            @Exit(value = "KVM_EXIT_IO", offers = PortAccess.class),
            @Exit(value = "KVM_EXIT_MMIO", offers = MmioAccess.class),
            @Exit(value = "KVM_EXIT_S390_RESET", arm = "s390_reset_flags"),
            @Exit(
                    value = "KVM_EXIT_INTERNAL_ERROR",
                    type = "InternalFailure",
                    arm = "internal",
                    also = "emulation_failure"),
            @Exit(value = "KVM_EXIT_IOAPIC_EOI", arm = "eoi"),
            @Exit(value = "KVM_EXIT_X86_RDMSR", arm = "msr", offers = MsrRead.class),
            @Exit(value = "KVM_EXIT_X86_WRMSR", arm = "msr", offers = MsrWrite.class),
            @Exit(value = "KVM_EXIT_LOONGARCH_IOCSR", arm = "iocsr_io"),
            @Exit(value = "KVM_EXIT_ARM_LDST64B", arm = "arm_nisv")
        },
        families = {
            @ExitFamily(
                    name = "X86",
                    prefix = "KVM_EXIT_X86_",
                    reasons = {
                        "KVM_EXIT_SET_TPR",
                        "KVM_EXIT_TPR_ACCESS",
                        "KVM_EXIT_IOAPIC_EOI",
                        "KVM_EXIT_HYPERV",
                        "KVM_EXIT_XEN",
                        "KVM_EXIT_AP_RESET_HOLD",
                        "KVM_EXIT_TDX",
                        "KVM_EXIT_SNP_REQ_CERTS"
                    }),
            @ExitFamily(name = "Arm", prefix = "KVM_EXIT_ARM_"),
            @ExitFamily(name = "Riscv", prefix = "KVM_EXIT_RISCV_"),
            @ExitFamily(name = "S390", prefix = "KVM_EXIT_S390_"),
            @ExitFamily(
                    name = "PowerPc",
                    reasons = {
                        "KVM_EXIT_DCR",
                        "KVM_EXIT_OSI",
                        "KVM_EXIT_PAPR_HCALL",
                        "KVM_EXIT_WATCHDOG",
                        "KVM_EXIT_EPR"
                    }),
            @ExitFamily(name = "LoongArch", prefix = "KVM_EXIT_LOONGARCH_")
        })
interface KvmExitSpec {}
