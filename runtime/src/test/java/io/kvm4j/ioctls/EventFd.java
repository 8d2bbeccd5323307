package io.kvm4j.ioctls;

import io.kvm4j.posix.Descriptor;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ReadCall;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** A counter that KVM can signal, and be signalled by. */
final class EventFd implements AutoCloseable {
    private static final int EFD_NONBLOCK = 04000;
    private static final MethodHandle EVENTFD = function(
            "eventfd", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle EVENTFD_WRITE = function(
            "eventfd_write", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));

    private final Descriptor descriptor;

    private EventFd(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    static EventFd create() {
        try {
            int fd = (int) EVENTFD.invokeExact(0, EFD_NONBLOCK);
            if (fd < 0) {
                throw new AssertionError("no eventfd");
            }
            return new EventFd(Descriptor.owning(fd, "eventfd"));
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    int fd() {
        return descriptor.fd();
    }

    void signal() {
        try {
            int result = (int) EVENTFD_WRITE.invokeExact(fd(), 1L);
            if (result != 0) {
                throw new AssertionError("eventfd_write: " + result);
            }
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    /** How often it was signalled since this was last asked. */
    long count() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment counter = arena.allocate(ValueLayout.JAVA_LONG);
            long read = ReadCall.read(fd(), counter);
            return read == -Errno.EAGAIN ? 0 : counter.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    @Override
    public void close() {
        descriptor.close();
    }

    private static MethodHandle function(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
    }
}
