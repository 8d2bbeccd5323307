package io.kvm4j.ioctls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.kvm4j.events.EventFd;
import io.kvm4j.posix.Descriptor;
import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.ReadCall;
import io.kvm4j.uapi.userfaultfd.UffdEvent;
import io.kvm4j.uapi.userfaultfd.UffdReader;
import io.kvm4j.uapi.userfaultfd.UffdioApi;
import io.kvm4j.uapi.userfaultfd.UffdioContinue;
import io.kvm4j.uapi.userfaultfd.UffdioCopy;
import io.kvm4j.uapi.userfaultfd.UffdioMove;
import io.kvm4j.uapi.userfaultfd.UffdioPoison;
import io.kvm4j.uapi.userfaultfd.UffdioRange;
import io.kvm4j.uapi.userfaultfd.UffdioRegister;
import io.kvm4j.uapi.userfaultfd.UffdioWriteprotect;
import io.kvm4j.uapi.userfaultfd.UffdioZeropage;
import io.kvm4j.uapi.userfaultfd.UserfaultfdConstants;
import io.kvm4j.uapi.userfaultfd.UserfaultfdDeviceIoctls;
import io.kvm4j.uapi.userfaultfd.UserfaultfdIoctls;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class UserfaultfdIoctlsTest extends UserfaultfdTest {
    private static final int PATTERN = 0x5a;

    private final Descriptor uffd =
            owned(UserfaultfdDeviceIoctls.of(device.fd()).iocNew(0), "userfaultfd");
    private final UserfaultfdIoctls ioctls =
            recorder.recording(UserfaultfdIoctls.class, UserfaultfdIoctls.of(uffd.fd()));
    private final UffdReader reader = UffdReader.of(uffd.fd(), 4);
    private final MemorySegment page =
            closing(Mapping.anonymous(4 * PAGE)).segment().asSlice(PAGE, PAGE);

    /** Agrees on the API. */
    private long features() {
        UffdioApi api = UffdioApi.allocate(arena).api(UserfaultfdConstants.UFFD_API);
        ioctls.api(api);
        return api.features();
    }

    /** Where the kernel lacks a feature, sees that it does not know the call, and skips the rest. */
    private void needs(long feature, Executable call) {
        if ((features() & feature) == 0) {
            ErrnoException e = fails(Errno.EINVAL, call);
            abort("this kernel lacks the feature 0x%x of userfaultfd: %s".formatted(feature, e.getMessage()));
        }
    }

    private UffdioRegister registered(MemorySegment range, long mode) {
        UffdioRegister register = UffdioRegister.allocate(arena).mode(mode);
        register.range().start(range.address()).len(range.byteSize());
        ioctls.register(register);
        return register;
    }

    private UffdioRegister registeredMissing() {
        features();
        return registered(page, UserfaultfdConstants.UFFDIO_REGISTER_MODE_MISSING);
    }

    private UffdioRange range() {
        return UffdioRange.allocate(arena).start(page.address()).len(PAGE);
    }

    /** A page of memory that is there. */
    private MemorySegment filled() {
        return closing(Mapping.anonymous(PAGE)).segment().fill((byte) PATTERN);
    }

    private UffdioCopy fill() {
        return UffdioCopy.allocate(arena)
                .dst(page.address())
                .src(filled().address())
                .len(PAGE);
    }

    /**
     * A thread that writes to memory from within a system call: one that waited for a page in Java code would keep the
     * JVM from reaching a safepoint.
     */
    private Thread writer(MemorySegment target) {
        EventFd event = closing(EventFd.create());
        event.signal();
        return Thread.ofPlatform().start(() -> ReadCall.read(event.fd(), target.asSlice(8, 8)));
    }

    private UffdEvent.Pagefault fault(MemorySegment where) {
        assertEquals(1, reader.read());
        UffdEvent.Pagefault fault = assertInstanceOf(UffdEvent.Pagefault.class, reader.event(0));
        assertEquals(where.address(), fault.address());
        return fault;
    }

    private static void assertWritten(Thread writer, MemorySegment target) throws InterruptedException {
        writer.join();
        assertEquals(1, target.get(ValueLayout.JAVA_LONG, 8));
    }

    @Test
    void api() {
        assertTrue((features() & UserfaultfdConstants.UFFD_FEATURE_MISSING_SHMEM) != 0);
        fails(Errno.EINVAL, this::features);
    }

    @Test
    void register() {
        long copy = 1L << UserfaultfdConstants._UFFDIO_COPY;
        assertEquals(copy, registeredMissing().ioctls() & copy);
        fails(Errno.EINVAL, () -> registered(page.asSlice(0, 1), UserfaultfdConstants.UFFDIO_REGISTER_MODE_MISSING));
    }

    @Test
    void unregister() {
        registeredMissing();
        ioctls.unregister(range());
        page.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        fails(Errno.EINVAL, () -> ioctls.unregister(range().len(0)));
    }

    @Test
    void copy() throws InterruptedException {
        registeredMissing();
        Thread writer = writer(page);
        UffdEvent.Pagefault fault = fault(page);
        assertTrue(fault.isWrite());
        assertFalse(fault.isWriteProtected());
        assertFalse(fault.isMinor());
        UffdioCopy copy = fill();
        ioctls.copy(copy);
        assertEquals(PAGE, copy.copy());
        assertWritten(writer, page);
        assertEquals(PATTERN, page.get(ValueLayout.JAVA_BYTE, 0));
        fails(Errno.EEXIST, () -> ioctls.copy(copy));
        assertEquals(-Errno.EEXIST, copy.copy());
    }

    @Test
    void wake() throws InterruptedException {
        registeredMissing();
        Thread writer = writer(page);
        fault(page);
        ioctls.copy(fill().mode(UserfaultfdConstants.UFFDIO_COPY_MODE_DONTWAKE));
        assertTrue(writer.isAlive());
        ioctls.wake(range());
        assertWritten(writer, page);
    }

    @Test
    void zeropage() throws InterruptedException {
        registeredMissing();
        Thread writer = writer(page);
        fault(page);
        UffdioZeropage zeropage = UffdioZeropage.allocate(arena);
        zeropage.range().start(page.address()).len(PAGE);
        ioctls.zeropage(zeropage);
        assertEquals(PAGE, zeropage.zeropage());
        assertWritten(writer, page);
        assertEquals(0, page.get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void writeprotect() throws InterruptedException {
        UffdioWriteprotect protect = UffdioWriteprotect.allocate(arena).mode(1);
        protect.range().start(page.address()).len(PAGE);
        needs(UserfaultfdConstants.UFFD_FEATURE_PAGEFAULT_FLAG_WP, () -> ioctls.writeprotect(protect));
        page.fill((byte) PATTERN);
        registered(page, UserfaultfdConstants.UFFDIO_REGISTER_MODE_WP);
        ioctls.writeprotect(protect.mode(UserfaultfdConstants.UFFDIO_WRITEPROTECT_MODE_WP));
        Thread writer = writer(page);
        assertTrue(fault(page).isWriteProtected());
        ioctls.writeprotect(protect.mode(0));
        assertWritten(writer, page);
    }

    @Test
    void move() throws InterruptedException {
        UffdioMove move = UffdioMove.allocate(arena)
                .dst(page.address())
                .src(filled().address())
                .len(PAGE);
        needs(UserfaultfdConstants.UFFD_FEATURE_MOVE, () -> ioctls.move(move));
        registered(page, UserfaultfdConstants.UFFDIO_REGISTER_MODE_MISSING);
        Thread writer = writer(page);
        fault(page);
        ioctls.move(move);
        assertEquals(PAGE, move.move());
        assertWritten(writer, page);
        assertEquals(PATTERN, page.get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void continue_() throws InterruptedException {
        Descriptor file = closing(Memfd.create(PAGE));
        MemorySegment cached = closing(Mapping.shared(file, PAGE)).segment().fill((byte) PATTERN);
        MemorySegment shared = closing(Mapping.shared(file, PAGE)).segment();
        UffdioContinue map = UffdioContinue.allocate(arena);
        map.range().start(shared.address()).len(PAGE);
        needs(UserfaultfdConstants.UFFD_FEATURE_MINOR_SHMEM, () -> ioctls.continue_(map));
        registered(shared, UserfaultfdConstants.UFFDIO_REGISTER_MODE_MINOR);
        Thread writer = writer(shared);
        assertTrue(fault(shared).isMinor());
        ioctls.continue_(map);
        assertEquals(PAGE, map.mapped());
        assertWritten(writer, cached);
        assertEquals(PATTERN, shared.get(ValueLayout.JAVA_BYTE, 0));
    }

    /** What is poisoned cannot be had: an access would end the JVM. */
    @Test
    void poison() {
        UffdioPoison poison = UffdioPoison.allocate(arena);
        poison.range().start(page.address()).len(PAGE);
        needs(UserfaultfdConstants.UFFD_FEATURE_POISON, () -> ioctls.poison(poison));
        registered(page, UserfaultfdConstants.UFFDIO_REGISTER_MODE_MISSING);
        ioctls.poison(poison);
        assertEquals(PAGE, poison.updated());
        fails(Errno.EEXIST, () -> ioctls.poison(poison));
    }
}
