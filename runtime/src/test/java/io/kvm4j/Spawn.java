package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Starts a program by posix_spawn(3), which keeps inherited descriptors; the JDK's ProcessBuilder closes all of them. */
public final class Spawn {
    private static final MethodHandle POSIX_SPAWN = handle(
            "posix_spawn",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS));
    private static final MethodHandle WAITPID = handle(
            "waitpid",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));

    private Spawn() {}

    private static MethodHandle handle(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
    }

    /** Runs a program to its end, without an environment, and fails unless it succeeds. */
    public static void run(String... command) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment arguments = arena.allocate(ValueLayout.ADDRESS, command.length + 1);
            for (int i = 0; i < command.length; i++) {
                arguments.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(command[i]));
            }
            MemorySegment path = arguments.getAtIndex(ValueLayout.ADDRESS, 0);
            MemorySegment none = arena.allocate(ValueLayout.ADDRESS);
            assertEquals(0, (int)
                    POSIX_SPAWN.invokeExact(pid, path, MemorySegment.NULL, MemorySegment.NULL, arguments, none));
            MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);
            int child = pid.get(ValueLayout.JAVA_INT, 0);
            assertEquals(child, (int) WAITPID.invokeExact(child, status, 0));
            assertEquals(0, status.get(ValueLayout.JAVA_INT, 0), "the wait status");
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }
}
