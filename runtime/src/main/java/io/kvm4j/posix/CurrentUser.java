package io.kvm4j.posix;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The user that this process acts as. */
public final class CurrentUser {
    private static final MethodHandle GETEUID = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("geteuid"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT));

    private CurrentUser() {}

    /** Returns the effective user ID, as {@code geteuid(2)} does; it never fails. */
    public static int id() {
        try {
            return (int) GETEUID.invokeExact();
        } catch (Throwable t) {
            throw new IllegalStateException(t);
        }
    }
}
