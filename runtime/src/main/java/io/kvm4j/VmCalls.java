package io.kvm4j;

import io.kvm4j.posix.Architecture;
import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.Descriptor;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.CreateDeviceFlag;
import io.kvm4j.uapi.IoctlCall;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmCreateDevice;
import io.kvm4j.uapi.KvmCreateGuestMemfd;
import io.kvm4j.uapi.KvmEnableCap;
import io.kvm4j.uapi.KvmUserspaceMemoryRegion;
import io.kvm4j.uapi.KvmUserspaceMemoryRegion2;
import io.kvm4j.uapi.KvmVmIoctls;
import io.kvm4j.uapi.KvmVmIoctlsOverFd;
import io.kvm4j.uapi.x86_64.X86VmIoctlsOverFd;
import java.util.function.Consumer;

/**
 * The ioctls that a VM gives its callers: they keep the callers' memory slots apart from the VM's, no descriptor that they
 * return is inherited by child processes, and a refused capability is named.
 */
final class VmCalls {
    private VmCalls() {}

    /** The ioctls of a VM for its callers, typed as those of the architecture. */
    static KvmVmIoctls of(Vm vm, int fd) {
        return switch (Architecture.current()) {
            case X86_64 -> new X86(vm, fd);
            case AARCH64, OTHER -> new Neutral(vm, fd);
        };
    }

    private static void set(Vm vm, KvmUserspaceMemoryRegion region, Consumer<KvmUserspaceMemoryRegion> ioctl) {
        vm.slots()
                .setCallersSlot(
                        new CallersSlots.Request(
                                region.slot(), region.guestPhysAddr(), region.memorySize(), region.userspaceAddr()),
                        () -> ioctl.accept(region));
    }

    private static void set2(Vm vm, KvmUserspaceMemoryRegion2 region, Consumer<KvmUserspaceMemoryRegion2> ioctl) {
        vm.slots()
                .setCallersSlot(
                        new CallersSlots.Request(
                                region.slot(), region.guestPhysAddr(), region.memorySize(), region.userspaceAddr()),
                        () -> ioctl.accept(region));
    }

    /** Keeps child processes from inheriting a descriptor that an ioctl has just returned. */
    static int closeOnExec(int fd, String name) {
        try {
            Descriptor.closeOnExec(fd, name);
            return fd;
        } catch (Throwable e) {
            throw Cleanup.after(e)
                    .run(() -> Descriptor.owning(fd, name).close())
                    .rethrow();
        }
    }

    private static CapabilityProbe probe(int fd) {
        return capability -> Math.abs(IoctlCall.call(fd, KvmConstants.KVM_CHECK_EXTENSION, capability));
    }

    private static void keep(KvmCreateDevice device) {
        if (!device.flagsSet().contains(CreateDeviceFlag.KVM_CREATE_DEVICE_TEST)) {
            closeOnExec(device.fd(), "device");
        }
    }

    private static final class Neutral extends KvmVmIoctlsOverFd {
        private final Vm vm;

        Neutral(Vm vm, int fd) {
            super(fd, probe(fd));
            this.vm = vm;
        }

        @Override
        public void setUserMemoryRegion(KvmUserspaceMemoryRegion region) {
            set(vm, region, super::setUserMemoryRegion);
        }

        @Override
        public void setUserMemoryRegion2(KvmUserspaceMemoryRegion2 region) {
            set2(vm, region, super::setUserMemoryRegion2);
        }

        @Override
        public int getStatsFd() {
            return closeOnExec(super.getStatsFd(), "statistics");
        }

        @Override
        public void createDevice(KvmCreateDevice device) {
            super.createDevice(device);
            keep(device);
        }

        @Override
        public void enableCap(KvmEnableCap enable) {
            CapabilityCall.enable(enable, super::enableCap, this::checkExtension);
        }
    }

    private static final class X86 extends X86VmIoctlsOverFd {
        private final Vm vm;

        X86(Vm vm, int fd) {
            super(fd, probe(fd));
            this.vm = vm;
        }

        @Override
        public void setUserMemoryRegion(KvmUserspaceMemoryRegion region) {
            set(vm, region, super::setUserMemoryRegion);
        }

        @Override
        public void setUserMemoryRegion2(KvmUserspaceMemoryRegion2 region) {
            set2(vm, region, super::setUserMemoryRegion2);
        }

        @Override
        public int getStatsFd() {
            return closeOnExec(super.getStatsFd(), "statistics");
        }

        @Override
        public void createDevice(KvmCreateDevice device) {
            super.createDevice(device);
            keep(device);
        }

        @Override
        public void enableCap(KvmEnableCap enable) {
            CapabilityCall.enable(enable, super::enableCap, this::checkExtension);
        }

        @Override
        public int createGuestMemfd(KvmCreateGuestMemfd memfd) {
            return closeOnExec(super.createGuestMemfd(memfd), "guest_memfd");
        }
    }
}
