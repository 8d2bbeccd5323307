package io.kvm4j.uapi.x86_64;

import io.kvm4j.processor.annotations.FlagEnum;
import io.kvm4j.processor.annotations.TaggedField;
import io.kvm4j.processor.annotations.ValueEnum;

/** Enums of AMD's and Intel's encrypted VMs: the commands of {@code KVM_MEMORY_ENCRYPT_OP}. */
interface ConfidentialEnums {
    /** The commands for SEV. */
    @ValueEnum(
            prefix = "KVM_SEV_",
            except = {
                "KVM_SEV_NR_MAX",
                "KVM_SEV_PAGE_TYPE_INVALID",
                "KVM_SEV_SNP_FINISH_DATA_SIZE",
                "KVM_SEV_SNP_ID_AUTH_SIZE",
                "KVM_SEV_SNP_ID_BLOCK_SIZE",
                "KVM_SEV_SNP_PAGE_TYPE_CPUID",
                "KVM_SEV_SNP_PAGE_TYPE_NORMAL",
                "KVM_SEV_SNP_PAGE_TYPE_SECRETS",
                "KVM_SEV_SNP_PAGE_TYPE_UNMEASURED",
                "KVM_SEV_SNP_PAGE_TYPE_ZERO"
            },
            fields = "kvm_sev_cmd.id")
    interface SevCommandSpec {}

    /** What the pages are that an SNP guest starts with. */
    @ValueEnum(
            prefix = "KVM_SEV_SNP_PAGE_TYPE_",
            macros = "KVM_SEV_PAGE_TYPE_INVALID",
            fields = "kvm_sev_snp_launch_update.type")
    interface SnpPageTypeSpec {}

    /** The commands for TDX. */
    @ValueEnum(
            prefix = "KVM_TDX_",
            except = {"KVM_TDX_CMD_NR_MAX", "KVM_TDX_MEASURE_MEMORY_REGION"},
            fields = "kvm_tdx_cmd.id")
    interface TdxCommandSpec {}

    /** How memory is added to a TDX guest. */
    @FlagEnum(
            macros = "KVM_TDX_MEASURE_MEMORY_REGION",
            tagged = @TaggedField(value = "kvm_tdx_cmd.flags", when = "id is KVM_TDX_INIT_MEM_REGION"))
    interface TdxMemoryRegionFlagSpec {}
}
