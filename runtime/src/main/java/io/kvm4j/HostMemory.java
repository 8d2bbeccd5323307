package io.kvm4j;

import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.Descriptor;
import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.IoctlCall;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmCreateGuestMemfd;
import io.kvm4j.uapi.KvmVmIoctls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The host's side of a slot: its memory, and the file that it is of, if any. Owns both, save memory of the caller's. */
final class HostMemory {
    private static final long GUEST_MEMFD_FLAGS =
            KvmConstants.GUEST_MEMFD_FLAG_MMAP | KvmConstants.GUEST_MEMFD_FLAG_INIT_SHARED;

    private final MemorySegment segment;
    private final @Nullable Mapping mapping;
    private final @Nullable Descriptor file;

    private HostMemory(MemorySegment segment, @Nullable Mapping mapping, @Nullable Descriptor file) {
        this.segment = segment;
        this.mapping = mapping;
        this.file = file;
    }

    /** Makes the memory for a slot. */
    static HostMemory of(MemoryBacking backing, KvmVmIoctls vm, int vmFd) {
        return switch (backing) {
            case MemoryBacking.Anonymous(long size) -> mapped(Mapping.anonymous(size), null);
            case MemoryBacking.HugePages huge -> mapped(huge(huge), null);
            case MemoryBacking.Memfd(long size) -> file(Descriptor.memory("guest memory", size), size);
            case MemoryBacking.GuestMemfd(long size) -> file(guestMemfd(size, vm, vmFd), size);
            case MemoryBacking.GuestMemfdPart(GuestMemoryFile file, long offset, long size) ->
                file(file.duplicate(), offset, size);
            case MemoryBacking.Callers(MemorySegment memory) -> callers(memory);
        };
    }

    private static HostMemory mapped(Mapping mapping, @Nullable Descriptor file) {
        return new HostMemory(mapping.segment(), mapping, file);
    }

    private static HostMemory file(Descriptor file, long size) {
        return file(file, 0, size);
    }

    private static HostMemory file(Descriptor file, long offset, long size) {
        try {
            return mapped(Mapping.shared(file, offset, size), file);
        } catch (Throwable e) {
            throw Cleanup.after(e).run(file::close).rethrow();
        }
    }

    private static Mapping huge(MemoryBacking.HugePages backing) {
        long kib = backing.pageSize() >> 10;
        try {
            return Mapping.huge(backing.size(), backing.pageSize());
        } catch (ErrnoException e) {
            throw switch (e.errno()) {
                case Errno.ENOMEM ->
                    new IllegalStateException(
                            "the host has not %d huge pages of %d KiB to spare: reserve them by writing to /sys/kernel/mm/hugepages/hugepages-%2$dkB/nr_hugepages"
                                    .formatted(backing.size() / backing.pageSize(), kib),
                            e);
                case Errno.EINVAL ->
                    new IllegalArgumentException(
                            "the host has no huge pages of %d KiB: see /sys/kernel/mm/hugepages".formatted(kib), e);
                default -> e;
            };
        }
    }

    static Descriptor guestMemfd(long size, KvmVmIoctls vm, int vmFd) {
        int flags = vm.checkExtension(KvmConstants.KVM_CAP_GUEST_MEMFD_FLAGS);
        if ((flags & GUEST_MEMFD_FLAGS) != GUEST_MEMFD_FLAGS) {
            throw new UnsupportedOperationException(
                    "this kernel's guest_memfd cannot be mapped and shared (KVM_CAP_GUEST_MEMFD_FLAGS is %d, 3 is needed): use another backing, or Linux 6.18 or newer"
                            .formatted(flags));
        }
        try (Arena call = Arena.ofConfined()) {
            KvmCreateGuestMemfd memfd =
                    KvmCreateGuestMemfd.allocate(call).size(size).flags(GUEST_MEMFD_FLAGS);
            int fd = IoctlCall.call(vmFd, KvmConstants.KVM_CREATE_GUEST_MEMFD, memfd.segment());
            if (fd < 0) {
                throw ErrnoException.of(-fd, "KVM_CREATE_GUEST_MEMFD", memfd.toString());
            }
            return Descriptor.owning(fd, "guest_memfd");
        }
    }

    private static HostMemory callers(MemorySegment memory) {
        if (!memory.isNative() || memory.isReadOnly() || !memory.isAccessibleBy(new Thread())) {
            throw new IllegalArgumentException(
                    "memory of a guest must be native, writable and open to every thread, unlike " + memory);
        }
        if (memory.address() % Mapping.PAGE_SIZE != 0) {
            throw new IllegalArgumentException(
                    "memory of a guest must be aligned to pages of %d, unlike %s".formatted(Mapping.PAGE_SIZE, memory));
        }
        return new HostMemory(memory, null, null);
    }

    MemorySegment segment() {
        return segment;
    }

    @Nullable
    Descriptor file() {
        return file;
    }

    /** Unmaps the memory and closes its file, the first time. The guest must have no way to it. */
    void close() {
        Cleanup all = new Cleanup();
        if (mapping != null) {
            all.run(mapping::close);
        }
        if (file != null) {
            all.run(file::close);
        }
        all.finish();
    }
}
