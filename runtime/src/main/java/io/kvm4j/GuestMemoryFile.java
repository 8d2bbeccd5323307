package io.kvm4j;

import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.Descriptor;
import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.KvmVmIoctls;

/**
 * A {@code guest_memfd} of a VM, parts of which back memory slots: {@link MemoryBacking#guestMemfd(GuestMemoryFile, long,
 * long)}. It ends with the VM unless it is closed before; a slot keeps the file until the slot itself is closed. Any thread
 * may use it.
 */
public final class GuestMemoryFile extends VmPart {
    private final Descriptor file;
    private final long size;

    private GuestMemoryFile(Vm vm, Descriptor file, long size) {
        super(vm);
        this.file = file;
        this.size = size;
    }

    /**
     * Makes a file of zeroed memory ({@code KVM_CREATE_GUEST_MEMFD}) that this process can map and KVM shares with it.
     *
     * @param size in bytes, a positive multiple of the page size
     * @throws IllegalArgumentException if the size is none
     * @throws UnsupportedOperationException if the kernel lacks such files, see {@link MemoryBacking#guestMemfd(long)}
     * @throws IllegalStateException if the VM is closed
     */
    public static GuestMemoryFile create(Vm vm, long size) {
        if (size <= 0 || size % Mapping.PAGE_SIZE != 0) {
            throw new IllegalArgumentException("a guest_memfd of 0x%x bytes: its size is a positive multiple of %d"
                    .formatted(size, Mapping.PAGE_SIZE));
        }
        Descriptor file = HostMemory.guestMemfd(size, vm.ioctls(), vm.fd());
        try {
            GuestMemoryFile made = new GuestMemoryFile(vm, file, size);
            made.begin(_ -> {});
            return made;
        } catch (Throwable e) {
            throw Cleanup.after(e).run(file::close).rethrow();
        }
    }

    /** The size in bytes. */
    public long size() {
        return size;
    }

    /**
     * The file descriptor. It stays this object's: do not close it, and do not use it after {@link #close}.
     *
     * @throws IllegalStateException if this is closed
     */
    public int fd() {
        return file.fd();
    }

    /** Another descriptor of the file, for a slot. */
    Descriptor duplicate() {
        return file.duplicate();
    }

    @Override
    protected void end(KvmVmIoctls ioctls) {
        file.close();
    }

    /** What it is, for people. */
    @Override
    public String toString() {
        return "guest_memfd of 0x%x bytes".formatted(size);
    }
}
