package io.kvm4j;

import io.kvm4j.cpuid.Cpuid;
import io.kvm4j.uapi.x86_64.KvmMsrList;
import io.kvm4j.uapi.x86_64.KvmMsrs;
import io.kvm4j.uapi.x86_64.MsrEntries;
import io.kvm4j.uapi.x86_64.X86SystemIoctls;
import java.lang.foreign.Arena;

/** What x86_64 adds to the host's KVM: what it can give guests. Any thread may use it. */
public final class X86Kvm {
    private final Kvm kvm;

    X86Kvm(Kvm kvm) {
        this.kvm = kvm;
    }

    /**
     * The ioctls of {@code /dev/kvm}, as {@link Kvm#ioctls}.
     *
     * @throws IllegalStateException if it is closed
     */
    public X86SystemIoctls ioctls() {
        return X86SystemIoctls.of(kvm.fd());
    }

    /** Returns what this host's processors and KVM can answer to the CPUID instruction: KVM_GET_SUPPORTED_CPUID. */
    public Cpuid supportedCpuid() {
        return Cpuid.of(ioctls().getSupportedCpuid(Arena.ofAuto()));
    }

    /** Returns the CPUID leaves whose features KVM emulates, slowly: KVM_GET_EMULATED_CPUID. */
    public Cpuid emulatedCpuid() {
        return Cpuid.of(ioctls().getEmulatedCpuid(Arena.ofAuto()));
    }

    /** Returns the numbers of the MSRs that are part of a guest's state: KVM_GET_MSR_INDEX_LIST. */
    public int[] msrs() {
        return numbers(ioctls().getMsrIndexList(Arena.ofAuto()));
    }

    /** Returns the numbers of the MSRs that {@link #featureMsr} reads: KVM_GET_MSR_FEATURE_INDEX_LIST. */
    public int[] featureMsrs() {
        return numbers(ioctls().getMsrFeatureIndexList(Arena.ofAuto()));
    }

    private static int[] numbers(KvmMsrList list) {
        int[] numbers = new int[list.nmsrs()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = list.entry(i);
        }
        return numbers;
    }

    /**
     * Reads an MSR that tells what the host can do: KVM_GET_MSRS.
     *
     * @param number one of {@link #featureMsrs}
     * @throws IllegalArgumentException if KVM does not read it
     */
    public long featureMsr(int number) {
        try (Arena call = Arena.ofConfined()) {
            KvmMsrs entry = MsrEntries.of(call, number);
            if (ioctls().getMsrs(entry) != 1) {
                throw new IllegalArgumentException(
                        "MSR 0x%x is not a feature MSR that KVM reads: see featureMsrs()".formatted(number));
            }
            return entry.entry(0).data();
        }
    }
}
