package io.kvm4j;

import io.kvm4j.posix.Architecture;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmEnableCap;
import io.kvm4j.uapi.KvmVcpuIoctls;
import io.kvm4j.uapi.KvmVcpuIoctlsOverFd;
import io.kvm4j.uapi.x86_64.KvmCpuid2;
import io.kvm4j.uapi.x86_64.KvmSregs;
import io.kvm4j.uapi.x86_64.KvmSregs2;
import io.kvm4j.uapi.x86_64.X86VcpuIoctlsOverFd;
import java.lang.foreign.Arena;

/**
 * The ioctls of a vCPU for its VM and its callers: a refusal says what is wrong with the registers, the CPUID or the
 * capability, and no descriptor that they return is inherited by child processes.
 */
final class VcpuCalls {
    private static final int MOST_CPUID_ENTRIES = 256;

    private VcpuCalls() {}

    /** The ioctls of a vCPU, typed as those of the architecture. */
    static KvmVcpuIoctls of(int fd, CapabilityProbe capabilities) {
        return switch (Architecture.current()) {
            case X86_64 -> new X86(fd, capabilities);
            case AARCH64, OTHER -> new Neutral(fd, capabilities);
        };
    }

    private static final class Neutral extends KvmVcpuIoctlsOverFd {
        Neutral(int fd, CapabilityProbe capabilities) {
            super(fd, capabilities);
        }

        @Override
        public int getStatsFd() {
            return VmCalls.closeOnExec(super.getStatsFd(), "statistics");
        }

        @Override
        public void enableCap(KvmEnableCap enable) {
            CapabilityCall.enable(enable, super::enableCap, capabilities::check);
        }
    }

    private static final class X86 extends X86VcpuIoctlsOverFd {
        X86(int fd, CapabilityProbe capabilities) {
            super(fd, capabilities);
        }

        @Override
        public int getStatsFd() {
            return VmCalls.closeOnExec(super.getStatsFd(), "statistics");
        }

        @Override
        public void enableCap(KvmEnableCap enable) {
            CapabilityCall.enable(enable, super::enableCap, capabilities::check);
        }

        @Override
        public void setSregs(KvmSregs sregs) {
            try {
                super.setSregs(sregs);
            } catch (ErrnoException e) {
                throw explained(
                        e,
                        new SregsCheck.Values(
                                sregs.cr0(), sregs.cr3(), sregs.cr4(), sregs.efer(), sregs.apicBase(), sregs.cs()));
            }
        }

        @Override
        public void setSregs2(KvmSregs2 sregs) {
            try {
                super.setSregs2(sregs);
            } catch (ErrnoException e) {
                throw explained(
                        e,
                        new SregsCheck.Values(
                                sregs.cr0(), sregs.cr3(), sregs.cr4(), sregs.efer(), sregs.apicBase(), sregs.cs()));
            }
        }

        private ErrnoException explained(ErrnoException refusal, SregsCheck.Values values) {
            if (refusal.errno() != Errno.EINVAL) {
                return refusal;
            }
            try (Arena call = Arena.ofConfined()) {
                String why = SregsCheck.explain(values, getCpuid2(call));
                return ErrnoException.of(refusal.errno(), refusal.call(), "fd " + fd)
                        .with(why);
            }
        }

        @Override
        public void setCpuid2(KvmCpuid2 cpuid) {
            try {
                super.setCpuid2(cpuid);
            } catch (ErrnoException e) {
                String arguments = "fd %d, %d entries".formatted(fd, cpuid.nent());
                ErrnoException refusal = ErrnoException.of(e.errno(), e.call(), arguments);
                throw switch (e.errno()) {
                    case Errno.E2BIG -> refusal.with("KVM takes %d entries at most".formatted(MOST_CPUID_ENTRIES));
                    case Errno.EINVAL ->
                        refusal.with(
                                "KVM takes a vCPU's CPUID before its first run only, later only the same once more,"
                                        + " and no linear addresses of other than 48 or 57 bits (0x80000008:eax[15:8])");
                    default -> refusal;
                };
            }
        }
    }
}
