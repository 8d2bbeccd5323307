package io.kvm4j.libc;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/**
 * A C function that sets errno. C2 compiles a call of it by itself, and not as part of its callers: inside one of them it
 * could lie deeper than C2 inlines (15 levels), and the foreign function API would allocate 40 bytes a call that C2 no
 * longer sees through.
 *
 * <p>That is why it is no record and no bare constant: of these C2 takes the handle for a constant, and inlines it.
 */
public final class CFunction {
    /** The function. Its first argument is {@link CapturedErrno#ofThread}, or memory like it. */
    public final MethodHandle handle;

    private CFunction(MethodHandle handle) {
        this.handle = handle;
    }

    /**
     * Finds it in the C library.
     *
     * @param type without the memory for errno, which comes before all arguments
     */
    public static CFunction of(String name, FunctionDescriptor type, Linker.Option... options) {
        Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = Linker.Option.captureCallState("errno");
        return new CFunction(withoutErrno(name, type, all));
    }

    /** Finds it for calls after which nobody asks for errno. */
    public static MethodHandle withoutErrno(String name, FunctionDescriptor type, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
    }

    /** Returns what to throw for what a call threw, which can only be a mistake of the caller's. */
    public static RuntimeException unexpected(Throwable t) {
        return switch (t) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException("a system call cannot throw a checked exception", t);
        };
    }
}
