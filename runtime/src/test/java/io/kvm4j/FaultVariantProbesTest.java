package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kvm4j.proposals.ExitOnMissingV7Probe;
import io.kvm4j.proposals.MemoryFaultNowaitV2Probe;
import io.kvm4j.proposals.UserfaultV3Probe;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmEnableCap;
import io.kvm4j.uapi.KvmUserspaceMemoryRegion;
import io.kvm4j.uapi.KvmVmIoctlsOverFd;
import io.kvm4j.uapi.proposals.userfault_v3.KvmUserspaceMemoryRegion2;
import io.kvm4j.uapi.proposals.userfault_v3.UserfaultVmIoctlsOverFd;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each variant is told from mainline, and from the others, on kernels whose numbers mean several things. */
class FaultVariantProbesTest {
    private static final int READONLY = 1 << 1;
    private static final int BIT_2 = 1 << 2;
    private static final int BIT_3 = 1 << 3;

    /** A kernel: what its capabilities answer, and which slot flags it takes. */
    @SuppressWarnings("ImmutableEnumChecker")
    enum Host {
        MAINLINE_X86(Map.of(226, 1, 231, 1, 232, 1, 236, 5), 3, 7, false, null),
        MAINLINE_ARM64(
                Map.of(227, 1, 228, 64, 229, 0x40201000, 230, 1, 231, 1, 232, 1, 236, 1, 239, 1, 240, 1, 243, 1),
                3,
                7,
                false,
                null),
        SOFTWARE_KVM(Map.of(226, 1, 231, 1, 232, 1), 3, 7, false, null),
        LATER_MAINLINE_WITH_BIT_3(Map.of(232, 1, 236, 5, 243, 1), 3 | BIT_3, 7 | BIT_3, false, null),
        LATER_MAINLINE_WITH_BIT_3_IN_REGION2(Map.of(232, 1, 236, 5, 243, 1), 3, 7 | BIT_3, false, null),
        NOWAIT_V2(Map.of(227, 1, 228, 1), 3 | BIT_2, 0, false, FaultVariant.MEMORY_FAULT_NOWAIT_V2),
        EXIT_ON_MISSING_V7(Map.of(232, 1, 236, 1), 3 | BIT_3, 7 | BIT_3, false, FaultVariant.EXIT_ON_MISSING_V7) {
            @Override
            boolean refusesTogether(int flags) {
                return (flags & BIT_3) != 0 && (flags & READONLY) != 0;
            }
        },
        USERFAULT_V3(Map.of(232, 1, 236, 5, 243, 1), 3, 7 | BIT_3, true, FaultVariant.USERFAULT_V3);

        final Map<Integer, Integer> capabilities;
        final int flags;
        final int flags2;
        final boolean readsBitmap;
        final FaultVariant variant;

        Host(Map<Integer, Integer> capabilities, int flags, int flags2, boolean readsBitmap, FaultVariant variant) {
            this.capabilities = capabilities;
            this.flags = flags;
            this.flags2 = flags2;
            this.readsBitmap = readsBitmap;
            this.variant = variant;
        }

        boolean refusesTogether(int flags) {
            return false;
        }

        void require(int asked, int known) {
            if ((asked & ~known) != 0 || refusesTogether(asked)) {
                throw ErrnoException.of(Errno.EINVAL, "KVM_SET_USER_MEMORY_REGION", "flags " + asked);
            }
        }
    }

    private static final class HostVm extends KvmVmIoctlsOverFd {
        private final Host host;

        HostVm(Host host) {
            super(-1, CapabilityProbe.ASSUME_PRESENT);
            this.host = host;
        }

        @Override
        public int checkExtension(int capability) {
            return host.capabilities.getOrDefault(capability, 0);
        }

        @Override
        public void setUserMemoryRegion(KvmUserspaceMemoryRegion region) {
            host.require(region.flags(), host.flags);
        }

        @Override
        public void enableCap(KvmEnableCap enable) {
            throw new AssertionError("a probe must not enable anything");
        }
    }

    private static final class HostVm2 extends UserfaultVmIoctlsOverFd {
        private final Host host;

        HostVm2(Host host) {
            super(-1, CapabilityProbe.ASSUME_PRESENT);
            this.host = host;
        }

        @Override
        public void setUserMemoryRegion2(KvmUserspaceMemoryRegion2 region) {
            host.require(region.flags(), host.flags2);
            if (host.readsBitmap && region.userfaultBitmap() < 0) {
                throw ErrnoException.of(Errno.EINVAL, "KVM_SET_USER_MEMORY_REGION2", "bitmap");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachVariantIsFoundWhereItIsAndNowhereElse(Host host) {
        Set<FaultVariant> found = EnumSet.noneOf(FaultVariant.class);
        if (MemoryFaultNowaitV2Probe.isSupportedBy(new HostVm(host))) {
            found.add(FaultVariant.MEMORY_FAULT_NOWAIT_V2);
        }
        if (ExitOnMissingV7Probe.isSupportedBy(new HostVm(host))) {
            found.add(FaultVariant.EXIT_ON_MISSING_V7);
        }
        if (UserfaultV3Probe.isSupportedBy(new HostVm(host), new HostVm2(host))) {
            found.add(FaultVariant.USERFAULT_V3);
        }
        assertEquals(host.variant == null ? Set.of() : Set.of(host.variant), found);
    }
}
