package io.kvm4j.ioctls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.posix.Descriptor;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/**
 * Tests of the ioctls of one interface: each test has the name of a method, calls it on the real kernel, and checks what
 * can be seen of it. {@link EveryIoctlTest} sees to it that none is missing.
 */
@ExtendWith(CallsItsNamesake.class)
abstract class RecordedTest {
    static final int PAGE = 4096;

    final Recorder recorder = new Recorder();
    final Arena arena = Arena.ofConfined();
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();

    @AfterEach
    void closeAll() throws Exception {
        while (!resources.isEmpty()) {
            resources.pop().close();
        }
        arena.close();
    }

    <R extends AutoCloseable> R closing(R resource) {
        resources.push(resource);
        return resource;
    }

    /** Takes over a descriptor that an ioctl returned. */
    Descriptor owned(int fd, String name) {
        assertTrue(fd >= 0, name);
        return closing(Descriptor.owning(fd, name));
    }

    static ErrnoException fails(int errno, Executable call) {
        ErrnoException e = assertThrows(ErrnoException.class, call);
        assertEquals(Errno.name(errno), e.errnoName(), e::getMessage);
        return e;
    }
}
