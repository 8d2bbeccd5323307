package io.kvm4j.posix;

import io.kvm4j.libc.CFunction;
import io.kvm4j.libc.CapturedErrno;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The C functions on files and directories. Each returns what the function does, or {@code -errno} if it failed. */
final class FileCalls {
    /** As a directory's descriptor: the working directory, {@code AT_FDCWD}. */
    static final int WORKING_DIRECTORY = -100;

    /** The bytes of a {@code struct statx}. */
    static final int STATX_BYTES = 256;

    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int F_OFD_SETLK = 37;
    private static final short F_WRLCK = 1;
    private static final int FLOCK_BYTES = 32;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;

    private static final CFunction OPENAT = CFunction.of(
            "openat", FunctionDescriptor.of(INT, INT, POINTER, INT, INT), Linker.Option.firstVariadicArg(3));
    private static final CFunction MKDIR = CFunction.of("mkdir", FunctionDescriptor.of(INT, POINTER, INT));
    private static final CFunction CHMOD = CFunction.of("chmod", FunctionDescriptor.of(INT, POINTER, INT));
    private static final CFunction FCHMOD = CFunction.of("fchmod", FunctionDescriptor.of(INT, INT, INT));
    private static final CFunction RENAMEAT =
            CFunction.of("renameat", FunctionDescriptor.of(INT, INT, POINTER, INT, POINTER));
    private static final CFunction UNLINKAT = CFunction.of("unlinkat", FunctionDescriptor.of(INT, INT, POINTER, INT));
    private static final CFunction FSYNC = CFunction.of("fsync", FunctionDescriptor.of(INT, INT));
    private static final CFunction READ = CFunction.of("read", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
    private static final CFunction WRITE = CFunction.of("write", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
    private static final CFunction STATX =
            CFunction.of("statx", FunctionDescriptor.of(INT, INT, POINTER, INT, INT, POINTER));
    private static final CFunction FCNTL =
            CFunction.of("fcntl", FunctionDescriptor.of(INT, INT, INT, POINTER), Linker.Option.firstVariadicArg(2));
    private static final CFunction GETEUID = CFunction.of("geteuid", FunctionDescriptor.of(INT));

    private FileCalls() {}

    /** A call of a C function, with memory for errno and for its arguments. */
    private interface Call {
        long invoke(MemorySegment captured, Arena arena) throws Throwable;
    }

    /** Calls until no signal interrupts it. */
    private static long call(Call call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment captured = CapturedErrno.ofThread();
            int eintr = 4;
            long result;
            do {
                result = call.invoke(captured, arena);
            } while (result == -1 && CapturedErrno.errno(captured) == eintr);
            return CapturedErrno.resultOf(result, captured);
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    /** Opens a file in a directory. */
    static int openat(int directory, String name, int flags, int mode) {
        return (int) call((captured, arena) ->
                (int) OPENAT.handle.invokeExact(captured, directory, arena.allocateFrom(name), flags, mode));
    }

    static int mkdir(String path, int mode) {
        return (int)
                call((captured, arena) -> (int) MKDIR.handle.invokeExact(captured, arena.allocateFrom(path), mode));
    }

    static int chmod(String path, int mode) {
        return (int)
                call((captured, arena) -> (int) CHMOD.handle.invokeExact(captured, arena.allocateFrom(path), mode));
    }

    static int fchmod(int fd, int mode) {
        return (int) call((captured, arena) -> (int) FCHMOD.handle.invokeExact(captured, fd, mode));
    }

    /** Renames a file in its directory. */
    static int renameat(int directory, String from, String to) {
        return (int) call((captured, arena) -> (int) RENAMEAT.handle.invokeExact(
                captured, directory, arena.allocateFrom(from), directory, arena.allocateFrom(to)));
    }

    /** Removes a file, or a symbolic link itself, from a directory. */
    static int unlinkat(int directory, String name) {
        return (int) call((captured, arena) ->
                (int) UNLINKAT.handle.invokeExact(captured, directory, arena.allocateFrom(name), 0));
    }

    static int fsync(int fd) {
        return (int) call((captured, arena) -> (int) FSYNC.handle.invokeExact(captured, fd));
    }

    static long read(int fd, MemorySegment into) {
        return call((captured, arena) -> (long) READ.handle.invokeExact(captured, fd, into, into.byteSize()));
    }

    static long write(int fd, MemorySegment from) {
        return call((captured, arena) -> (long) WRITE.handle.invokeExact(captured, fd, from, from.byteSize()));
    }

    /**
     * Reads the status of an entry of a directory, which may be a symbolic link.
     *
     * @param name empty for what the descriptor itself is open on
     * @param status takes a {@code struct statx}
     */
    static int statx(int directory, String name, MemorySegment status) {
        return (int) call((captured, arena) -> (int) STATX.handle.invokeExact(
                captured,
                directory,
                arena.allocateFrom(name),
                AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH,
                STATX_BASIC_STATS,
                status));
    }

    /** Locks all of an open file description for writing, without waiting. */
    static int lock(int fd) {
        return (int) call((captured, arena) -> {
            MemorySegment lock = arena.allocate(FLOCK_BYTES, Long.BYTES);
            lock.set(ValueLayout.JAVA_SHORT, 0, F_WRLCK);
            return (int) FCNTL.handle.invokeExact(captured, fd, F_OFD_SETLK, lock);
        });
    }

    static int geteuid() {
        return (int) call((captured, arena) -> (int) GETEUID.handle.invokeExact(captured));
    }
}
