package io.kvm4j.ioctls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.posix.Descriptor;
import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.userfaultfd.UffdEvent;
import io.kvm4j.uapi.userfaultfd.UffdMsg;
import io.kvm4j.uapi.userfaultfd.UffdReader;
import io.kvm4j.uapi.userfaultfd.UserfaultfdConstants;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** Messages of every kind, from a file. */
class UffdReaderTest extends RecordedTest {
    private static final int MESSAGES = 6;

    private final long size = UffdMsg.LAYOUT.byteSize();
    private final Descriptor file = closing(Memfd.create(MESSAGES * size));
    private final MemorySegment memory = closing(Mapping.shared(file, PAGE)).segment();

    private UffdMsg message(int index, int event) {
        return UffdMsg.of(memory.asSlice(index * size, size)).event(event);
    }

    private void write() {
        UffdMsg.Arg.Pagefault fault =
                message(0, UserfaultfdConstants.UFFD_EVENT_PAGEFAULT).arg().pagefault();
        fault.flags(UserfaultfdConstants.UFFD_PAGEFAULT_FLAG_WRITE | UserfaultfdConstants.UFFD_PAGEFAULT_FLAG_WP)
                .address(0x1000)
                .feat()
                .ptid(77);
        message(1, UserfaultfdConstants.UFFD_EVENT_FORK).arg().fork().ufd(5);
        message(2, UserfaultfdConstants.UFFD_EVENT_REMAP)
                .arg()
                .remap()
                .from(1)
                .to(2)
                .len(3);
        message(3, UserfaultfdConstants.UFFD_EVENT_REMOVE)
                .arg()
                .remove()
                .start(4)
                .end(5);
        message(4, UserfaultfdConstants.UFFD_EVENT_UNMAP)
                .arg()
                .remove()
                .start(6)
                .end(7);
        message(5, 0x77);
    }

    @Test
    void readsEveryKindOfMessage() {
        write();
        UffdReader reader = UffdReader.of(file.fd(), 10);
        assertEquals(MESSAGES, reader.read());
        UffdEvent.Pagefault fault = assertInstanceOf(UffdEvent.Pagefault.class, reader.event(0));
        assertTrue(fault.isWrite() && fault.isWriteProtected() && !fault.isMinor());
        assertEquals(0x1000, fault.address());
        assertEquals(77, fault.threadId());
        assertEquals(5, assertInstanceOf(UffdEvent.Fork.class, reader.event(1)).fd());
        UffdEvent.Remap remap = assertInstanceOf(UffdEvent.Remap.class, reader.event(2));
        assertEquals("1 2 3", remap.from() + " " + remap.to() + " " + remap.length());
        UffdEvent.Remove remove = assertInstanceOf(UffdEvent.Remove.class, reader.event(3));
        assertEquals("4 5", remove.start() + " " + remove.end());
        UffdEvent.Unmap unmap = assertInstanceOf(UffdEvent.Unmap.class, reader.event(4));
        assertEquals("6 7", unmap.start() + " " + unmap.end());
        assertEquals(
                0x77,
                assertInstanceOf(UffdEvent.Unrecognized.class, reader.event(5))
                        .message()
                        .event());
        assertThrows(IndexOutOfBoundsException.class, () -> reader.event(6));
    }

    @Test
    void takesNoMoreThanItHasRoomFor() {
        write();
        UffdReader reader = UffdReader.of(file.fd(), 4);
        assertEquals(4, reader.read());
        assertEquals(2, reader.read());
        assertInstanceOf(UffdEvent.Unmap.class, reader.event(0));
        assertEquals(0, reader.read());
        assertThrows(IndexOutOfBoundsException.class, () -> reader.event(0));
    }

    @Test
    void failsOnWhatCannotBeRead() {
        ErrnoException e = assertThrows(ErrnoException.class, UffdReader.of(-1, 1)::read);
        assertEquals(Errno.EBADF, e.errno());
        assertThrows(IllegalArgumentException.class, () -> UffdReader.of(0, 0));
    }
}
