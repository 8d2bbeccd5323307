package io.kvm4j.uapi;

import io.kvm4j.libc.CFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The system call {@code ioctl(2)}. Every generated ioctl method goes through it, and so can code that has no spec for a
 * request. Any thread may call; once compiled by C2 a call allocates nothing.
 */
public final class IoctlCall {
    /** What {@link #attempt} returns of a call that failed. */
    public static final int FAILED = -1;

    private static final Linker.Option VARIADIC = Linker.Option.firstVariadicArg(2);

    private static final CFunction BY_VALUE = ioctl(ValueLayout.JAVA_LONG);
    private static final CFunction BY_POINTER = ioctl(ValueLayout.ADDRESS);

    /** Says only that it failed. A constant, which C2 inlines: no memory is passed, so that nothing can be allocated. */
    private static final MethodHandle WITHOUT_ERRNO =
            CFunction.withoutErrno("ioctl", type(ValueLayout.JAVA_LONG), VARIADIC);

    private static final ThreadLocal<MemorySegment> SCALAR =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(ValueLayout.JAVA_LONG));

    private IoctlCall() {}

    /**
     * Calls an ioctl whose argument is a number, or that has none.
     *
     * @param fd the file descriptor
     * @param request the request number, such as {@code KvmConstants.KVM_RUN}
     * @param argument the argument, 0 if the request takes none
     * @return what the call returned, or {@code -errno} if it failed
     */
    public static int call(int fd, long request, long argument) {
        return call(CallState.ofThread(), fd, request, argument);
    }

    /**
     * Calls an ioctl whose argument is a number, or the address of memory that the caller keeps alive.
     *
     * @param state no other thread's at this time
     * @param fd the file descriptor
     * @param request the request number, such as {@code KvmConstants.KVM_RUN}
     * @param argument the argument, 0 if the request takes none
     * @return what the call returned, or {@code -errno} if it failed
     */
    public static int call(CallState state, int fd, long request, long argument) {
        try {
            return (int) state.resultOf((int) BY_VALUE.handle.invokeExact(state.memory, fd, request, argument));
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    /**
     * Calls an ioctl without asking why it fails, which is faster: for one whose failures show otherwise, or that can be
     * made again.
     *
     * @param fd the file descriptor
     * @param request the request number, such as {@code KvmConstants.KVM_RUN}
     * @param argument the argument, or the address of memory that the caller keeps alive
     * @return what the call returned: {@link #FAILED} if it failed
     */
    public static int attempt(int fd, long request, long argument) {
        try {
            return (int) WITHOUT_ERRNO.invokeExact(fd, request, argument);
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    /**
     * Calls an ioctl whose argument is a pointer. The memory stays alive for the time of the call.
     *
     * @param fd the file descriptor
     * @param request the request number, such as {@code KvmConstants.KVM_SET_USER_MEMORY_REGION}
     * @param argument native memory of the size that the request number holds
     * @return what the call returned, or {@code -errno} if it failed
     */
    public static int call(int fd, long request, MemorySegment argument) {
        CallState state = CallState.ofThread();
        try {
            return (int) state.resultOf((int) BY_POINTER.handle.invokeExact(state.memory, fd, request, argument));
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    /**
     * Calls an ioctl whose argument is a pointer to an {@code int}-sized scalar that the kernel reads.
     *
     * @return what the call returned, or {@code -errno} if it failed
     */
    public static int callWithPointerTo(int fd, long request, int value) {
        MemorySegment scalar = SCALAR.get();
        scalar.set(ValueLayout.JAVA_INT, 0, value);
        return call(fd, request, scalar);
    }

    /**
     * Calls an ioctl whose argument is a pointer to a {@code long}-sized scalar that the kernel reads.
     *
     * @return what the call returned, or {@code -errno} if it failed
     */
    public static int callWithPointerTo(int fd, long request, long value) {
        MemorySegment scalar = SCALAR.get();
        scalar.set(ValueLayout.JAVA_LONG, 0, value);
        return call(fd, request, scalar);
    }

    /**
     * Zeroed memory for a scalar that a kernel writes: the calling thread's own, until its next call with a pointer to
     * a scalar.
     */
    public static MemorySegment zeroedScalar() {
        return SCALAR.get().fill((byte) 0);
    }

    private static CFunction ioctl(ValueLayout argument) {
        return CFunction.of("ioctl", type(argument), VARIADIC);
    }

    private static FunctionDescriptor type(ValueLayout argument) {
        return FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, argument);
    }
}
