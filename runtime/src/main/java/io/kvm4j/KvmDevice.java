package io.kvm4j;

import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.Descriptor;
import io.kvm4j.uapi.CreateDeviceFlag;
import io.kvm4j.uapi.DeviceType;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmCreateDevice;
import io.kvm4j.uapi.KvmDeviceAttr;
import io.kvm4j.uapi.KvmDeviceIoctls;
import io.kvm4j.uapi.KvmVmIoctls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A device inside the kernel, such as the VFIO device or an interrupt controller of arm64: {@code KVM_CREATE_DEVICE}. It is
 * set up by attributes, each a number within a group; Documentation/virt/kvm/devices tells those of each type. Any thread may
 * use it. It owns its descriptor, and closes with the VM.
 */
public final class KvmDevice extends VmPart {
    private final DeviceType type;
    private final Descriptor descriptor;
    private final KvmDeviceIoctls ioctls;

    private KvmDevice(Vm vm, DeviceType type, Descriptor descriptor) {
        super(vm);
        this.type = type;
        this.descriptor = descriptor;
        this.ioctls = KvmDeviceIoctls.of(descriptor.fd(), number -> vm.ask(calls -> calls.checkExtension(number)));
    }

    /**
     * Creates a device.
     *
     * @throws UnsupportedOperationException if the kernel has no such device
     * @throws ErrnoException with EEXIST if the VM has one, and can have one only
     */
    public static KvmDevice create(Vm vm, DeviceType type) {
        Descriptor descriptor = Descriptor.owning(createDescriptor(vm, type), type.toString());
        try {
            KvmDevice device = new KvmDevice(vm, type, descriptor);
            device.begin(_ -> {});
            return device;
        } catch (Throwable e) {
            throw Cleanup.after(e).run(descriptor::close).rethrow();
        }
    }

    private static int createDescriptor(Vm vm, DeviceType type) {
        try (Arena arena = Arena.ofConfined()) {
            KvmCreateDevice create = KvmCreateDevice.allocate(arena).type(type);
            vm.tell(calls -> calls.createDevice(create));
            return create.fd();
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENODEV) {
                throw new UnsupportedOperationException("this kernel has no device " + type, e);
            }
            throw e;
        }
    }

    /** Tells whether the kernel has a type of devices for a VM. */
    public static boolean isSupported(Vm vm, DeviceType type) {
        try (Arena arena = Arena.ofConfined()) {
            KvmCreateDevice test =
                    KvmCreateDevice.allocate(arena).type(type).flags(CreateDeviceFlag.KVM_CREATE_DEVICE_TEST);
            vm.tell(calls -> calls.createDevice(test));
            return true;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENODEV) {
                return false;
            }
            throw e;
        }
    }

    /** Its type. */
    public DeviceType type() {
        return type;
    }

    /** Tells whether it has an attribute. */
    public synchronized boolean has(int group, long attribute) {
        descriptor.fd();
        try (Arena call = Arena.ofConfined()) {
            ioctls.hasDeviceAttr(attribute(call, group, attribute, MemorySegment.NULL));
            return true;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENXIO) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Reads an attribute.
     *
     * @param value native memory of the attribute's size
     * @throws ErrnoException with ENXIO if there is no such attribute
     */
    public synchronized void get(int group, long attribute, MemorySegment value) {
        descriptor.fd();
        try (Arena call = Arena.ofConfined()) {
            ioctls.getDeviceAttr(attribute(call, group, attribute, value));
        }
    }

    /**
     * Sets an attribute.
     *
     * @param value native memory of the attribute's size, {@link MemorySegment#NULL} for an attribute without a value
     * @throws ErrnoException with ENXIO if there is no such attribute, and whatever the device's documentation says
     */
    public synchronized void set(int group, long attribute, MemorySegment value) {
        descriptor.fd();
        try (Arena call = Arena.ofConfined()) {
            ioctls.setDeviceAttr(attribute(call, group, attribute, value));
        }
    }

    /** Sets an attribute of 4 bytes. */
    public void setInt(int group, long attribute, int value) {
        try (Arena call = Arena.ofConfined()) {
            set(group, attribute, call.allocateFrom(ValueLayout.JAVA_INT, value));
        }
    }

    /** Sets an attribute of 8 bytes. */
    public void setLong(int group, long attribute, long value) {
        try (Arena call = Arena.ofConfined()) {
            set(group, attribute, call.allocateFrom(ValueLayout.JAVA_LONG, value));
        }
    }

    private static KvmDeviceAttr attribute(Arena call, int group, long attribute, MemorySegment value) {
        return KvmDeviceAttr.allocate(call).group(group).attr(attribute).addr(value.address());
    }

    /**
     * The descriptor's number, for ioctls of the caller's. It stays this object's: do not close it.
     *
     * @throws IllegalStateException if it is closed
     */
    public int fd() {
        return descriptor.fd();
    }

    @Override
    protected synchronized void end(KvmVmIoctls vmIoctls) {
        descriptor.close();
    }
}
