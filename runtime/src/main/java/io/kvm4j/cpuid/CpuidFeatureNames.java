package io.kvm4j.cpuid;

import static io.kvm4j.cpuid.CpuidRegister.EAX;
import static io.kvm4j.cpuid.CpuidRegister.EBX;
import static io.kvm4j.cpuid.CpuidRegister.ECX;
import static io.kvm4j.cpuid.CpuidRegister.EDX;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;

/** The names of features, as Linux's arch/x86/include/asm/cpufeatures.h and asm/kvm_para.h have them. */
final class CpuidFeatureNames {
    /** Registers whose bits are features, each with the names of its bits from 0 on; a dash has no name. */
    private static final List<Bits> REGISTERS = List.of(
            new Bits(1, 0, EDX, """
                    fpu vme de pse tsc msr pae mce cx8 apic - sep mtrr pge mca cmov pat pse36 pn clflush - dts acpi mmx fxsr \
                    sse sse2 ss ht tm ia64 pbe"""),
            new Bits(1, 0, ECX, """
                    pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cid sdbg fma cx16 xtpr pdcm - pcid dca sse4_1 \
                    sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave osxsave avx f16c rdrand hypervisor"""),
            new Bits(6, 0, EAX, "dtherm ida arat - pln - pts hwp hwp_notify hwp_act_window hwp_epp hwp_pkg_req"),
            new Bits(7, 0, EBX, """
                    fsgsbase tsc_adjust sgx bmi1 hle avx2 fdp_excptn_only smep bmi2 erms invpcid rtm cqm zero_fcs_fds mpx \
                    rdt_a avx512f avx512dq rdseed adx smap avx512ifma - clflushopt clwb intel_pt avx512pf avx512er \
                    avx512cd sha_ni avx512bw avx512vl"""),
            new Bits(7, 0, ECX, """
                    prefetchwt1 avx512vbmi umip pku ospke waitpkg avx512_vbmi2 shstk gfni vaes vpclmulqdq avx512_vnni \
                    avx512_bitalg tme avx512_vpopcntdq - la57 - - - - - rdpid - bus_lock_detect cldemote - movdiri \
                    movdir64b enqcmd sgx_lc pks"""),
            new Bits(7, 0, EDX, """
                    - sgx_keys avx512_4vnniw avx512_4fmaps fsrm uintr - - avx512_vp2intersect srbds_ctrl md_clear \
                    rtm_always_abort - tsx_force_abort serialize hybrid_cpu tsxldtrk - pconfig arch_lbr ibt - amx_bf16 \
                    avx512_fp16 amx_tile amx_int8 spec_ctrl intel_stibp flush_l1d arch_capabilities core_capabilities \
                    spec_ctrl_ssbd"""),
            new Bits(7, 1, EAX, """
                    - - - - avx_vnni avx512_bf16 lass cmpccxadd arch_perfmon_ext - fzrm fsrs fsrc - - - - fred lkgs wrmsrns - \
                    amx_fp16 - avx_ifma - - lam"""),
            new Bits(0xd, 1, EAX, "xsaveopt xsavec xgetbv1 xsaves xfd"),
            new Bits(0x4000_0001, 0, EAX, """
                    KVM_FEATURE_CLOCKSOURCE KVM_FEATURE_NOP_IO_DELAY KVM_FEATURE_MMU_OP KVM_FEATURE_CLOCKSOURCE2 \
                    KVM_FEATURE_ASYNC_PF KVM_FEATURE_STEAL_TIME KVM_FEATURE_PV_EOI KVM_FEATURE_PV_UNHALT - \
                    KVM_FEATURE_PV_TLB_FLUSH KVM_FEATURE_ASYNC_PF_VMEXIT KVM_FEATURE_PV_SEND_IPI \
                    KVM_FEATURE_POLL_CONTROL KVM_FEATURE_PV_SCHED_YIELD KVM_FEATURE_ASYNC_PF_INT \
                    KVM_FEATURE_MSI_EXT_DEST_ID KVM_FEATURE_HC_MAP_GPA_RANGE KVM_FEATURE_MIGRATION_CONTROL - - - - - - \
                    KVM_FEATURE_CLOCKSOURCE_STABLE_BIT"""),
            new Bits(0x8000_0001, 0, EDX, """
                    - - - - - - - - - - - syscall - - - - - - - mp nx - mmxext - - fxsr_opt pdpe1gb rdtscp - lm 3dnowext \
                    3dnow"""),
            new Bits(0x8000_0001, 0, ECX, """
                    lahf_lm cmp_legacy svm extapic cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw ibs xop skinit wdt - \
                    lwp fma4 tce - nodeid_msr - tbm topoext perfctr_core perfctr_nb - bpext ptsc perfctr_llc mwaitx"""),
            new Bits(0x8000_0007, 0, EDX, "- - - - - - - - invtsc"),
            new Bits(0x8000_0008, 0, EBX, """
                    clzero irperf xsaveerptr - - - - - - wbnoinvd - - amd_ibpb - amd_ibrs amd_stibp - amd_stibp_always_on - - \
                    - - - amd_ppin amd_ssbd virt_ssbd amd_ssb_no cppc amd_psfd btc_no"""),
            new Bits(0x8000_000a, 0, EDX, """
                    npt lbrv svm_lock nrip_save tsc_scale vmcb_clean flushbyasid decodeassists - - pausefilter - pfthreshold \
                    avic - v_vmsave_vmload vgif - x2avic - - - - - - vnmi"""),
            new Bits(0x8000_0021, 0, EAX, "no_nested_data_bp - lfence_rdtsc - - - null_sel_clr_base - autoibrs"));

    static final SequencedMap<String, CpuidFeature> BY_NAME = byName();

    private record Bits(int function, int index, CpuidRegister register, String names) {}

    private CpuidFeatureNames() {}

    private static SequencedMap<String, CpuidFeature> byName() {
        SequencedMap<String, CpuidFeature> features = new LinkedHashMap<>();
        for (Bits bits : REGISTERS) {
            List<String> names = List.of(bits.names.split("\\s+"));
            for (int bit = 0; bit < names.size(); bit++) {
                String name = names.get(bit);
                if (!name.equals("-")) {
                    features.put(
                            name.toLowerCase(Locale.ROOT),
                            new CpuidFeature(name, bits.function, bits.index, bits.register, bit));
                }
            }
        }
        return Collections.unmodifiableSequencedMap(features);
    }
}
