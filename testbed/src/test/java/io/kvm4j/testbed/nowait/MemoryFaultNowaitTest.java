package io.kvm4j.testbed.nowait;

import static io.kvm4j.testbed.nowait.HostMemory.MADV_POPULATE_READ;
import static io.kvm4j.testbed.nowait.HostMemory.MADV_POPULATE_WRITE;
import static io.kvm4j.testbed.nowait.HostMemory.PAGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.Kvm;
import io.kvm4j.KvmUnavailableException;
import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import io.kvm4j.uapi.IoctlCall;
import io.kvm4j.uapi.KvmEnableCap;
import io.kvm4j.uapi.KvmUserspaceMemoryRegion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * KVM_CAP_MEMORY_FAULT_NOWAIT and KVM_CAP_X86_MEMORY_FAULT_EXIT as the series documents them. The guest, in real mode,
 * reads a byte in the middle of a page that isn't there and writes it to a port.
 */
@Tag("kvm")
@Tag("smoke")
class MemoryFaultNowaitTest {
    private static final int KVM_CAP_X86_MEMORY_FAULT_EXIT = 227;
    private static final int KVM_CAP_MEMORY_FAULT_NOWAIT = 228;
    private static final int KVM_MEM_ABSENT_MAPPING_FAULT = 1 << 2;
    private static final long KVM_MEMFAULT_REASON_UNKNOWN = 1;
    private static final long KVM_MEMFAULT_REASON_ABSENT_MAPPING = 1 << 1;
    private static final int KVM_EXIT_IO = 2;
    private static final int KVM_EXIT_MEMORY_FAULT = 38;

    private static final long KVM_CHECK_EXTENSION = 0xAE03;
    private static final long KVM_RUN = 0xAE80;
    private static final long KVM_SET_USER_MEMORY_REGION = 0x4020AE46L;
    private static final long KVM_ENABLE_CAP = 0x4068AEA3L;
    private static final long UFFDIO_API = 0xC018AA3FL;
    private static final long UFFDIO_REGISTER = 0xC020AA00L;
    private static final long UFFDIO_COPY = 0xC028AA03L;
    private static final long UFFDIO_CONTINUE = 0xC020AA07L;
    private static final long UFFD_API = 0xAA;
    private static final long UFFD_FEATURE_MINOR_SHMEM = 1 << 10;
    private static final long MISSING = 1;
    private static final long MINOR = 4;

    private static final int EPERM = 1;
    private static final int EFAULT = 14;
    private static final int EINVAL = 22;

    private static final int CODE = 0x1000;
    private static final int PAGES_GPA = 0x8000;
    private static final long PAGES_SIZE = 4 * PAGE;
    private static final int TOUCHED = 0x9234;
    private static final int TOUCHED_PAGE = 0x9000;
    private static final byte DATA = 0x5a;

    /** {@code mov al, [0x9234]; out 0x10, al; hlt}. */
    private static final String READ = "a0 34 92 e6 10 f4";

    /** {@code mov byte [0x9234], 0x77; mov al, [0x9234]; out 0x10, al; hlt}. */
    private static final String WRITE = "c6 06 34 92 77 a0 34 92 e6 10 f4";

    private final Arena arena = Arena.ofConfined();
    private Kvm kvm;
    private Vm vm;
    private Vcpu vcpu;

    @BeforeEach
    void open() {
        try {
            kvm = Kvm.open();
        } catch (KvmUnavailableException e) {
            assumeFalse("required".equals(System.getProperty("kvm4j.kvm")), e.getMessage());
            assumeTrue(false, e.getMessage());
        }
        vm = kvm.createVm();
    }

    @AfterEach
    void close() {
        if (kvm != null) {
            kvm.close();
        }
        arena.close();
    }

    private boolean isThere() {
        return IoctlCall.call(kvm.fd(), KVM_CHECK_EXTENSION, KVM_CAP_MEMORY_FAULT_NOWAIT) == 1;
    }

    private void assumeThere() {
        assumeTrue(isThere(), "this kernel has no KVM_CAP_MEMORY_FAULT_NOWAIT");
    }

    @Test
    void otherKernelsRefuseTheFlag() throws Throwable {
        assumeFalse(isThere(), "this kernel has KVM_CAP_MEMORY_FAULT_NOWAIT");
        assertEquals(-EINVAL, slot(HostMemory.anonymous(PAGES_SIZE), KVM_MEM_ABSENT_MAPPING_FAULT));
    }

    @Test
    void bothCapabilitiesArePresent() {
        assumeThere();
        for (int fd : new int[] {kvm.fd(), vm.fd()}) {
            assertEquals(1, IoctlCall.call(fd, KVM_CHECK_EXTENSION, KVM_CAP_X86_MEMORY_FAULT_EXIT));
            assertEquals(1, IoctlCall.call(fd, KVM_CHECK_EXTENSION, KVM_CAP_MEMORY_FAULT_NOWAIT));
        }
    }

    @Test
    void enablingNowaitDirectlyFails() {
        assumeThere();
        assertEquals(-EINVAL, enable(KVM_CAP_MEMORY_FAULT_NOWAIT, 0));
        assertEquals(-EINVAL, enable(KVM_CAP_MEMORY_FAULT_NOWAIT, KVM_MEMFAULT_REASON_ABSENT_MAPPING));
    }

    @Test
    void knownReasonsCanBeEnabledUnknownOnesCannot() {
        assumeThere();
        assertEquals(0, enable(KVM_CAP_X86_MEMORY_FAULT_EXIT, KVM_MEMFAULT_REASON_UNKNOWN));
        assertEquals(0, enable(KVM_CAP_X86_MEMORY_FAULT_EXIT, KVM_MEMFAULT_REASON_ABSENT_MAPPING));
        assertEquals(0, enable(KVM_CAP_X86_MEMORY_FAULT_EXIT, 3));
        assertEquals(0, enable(KVM_CAP_X86_MEMORY_FAULT_EXIT, 0));
        assertEquals(-EINVAL, enable(KVM_CAP_X86_MEMORY_FAULT_EXIT, 4));
        assertEquals(-EINVAL, enable(KVM_CAP_X86_MEMORY_FAULT_EXIT, 5));
        assertEquals(-EINVAL, enable(KVM_CAP_X86_MEMORY_FAULT_EXIT, -1));
    }

    @Test
    void theFlagIsAcceptedAtSlotCreationOthersAreNot() throws Throwable {
        assumeThere();
        MemorySegment pages = HostMemory.anonymous(PAGES_SIZE);
        assertEquals(0, slot(pages, KVM_MEM_ABSENT_MAPPING_FAULT));
        for (int unknown : new int[] {1 << 3, 1 << 4, 1 << 15}) {
            assertEquals(-EINVAL, slot(pages, unknown), () -> "flag " + unknown);
            assertEquals(-EINVAL, slot(pages, unknown | KVM_MEM_ABSENT_MAPPING_FAULT), () -> "flag " + unknown);
        }
    }

    @Test
    void withoutTheFlagPagesAreFaultedIn() throws Throwable {
        assumeThere();
        guest(READ, HostMemory.anonymous(PAGES_SIZE), 0);
        assertEquals(0, enable(KVM_CAP_X86_MEMORY_FAULT_EXIT, KVM_MEMFAULT_REASON_ABSENT_MAPPING));
        assertIsReadAs((byte) 0);
    }

    @Test
    void withoutTheReasonThereIsABareEfault() throws Throwable {
        assumeThere();
        guest(READ, HostMemory.anonymous(PAGES_SIZE), KVM_MEM_ABSENT_MAPPING_FAULT);
        assertEquals(-EFAULT, run());
        assertEquals(0, vcpu.kvmRun().exitReason());
        assertEquals(0, enable(KVM_CAP_X86_MEMORY_FAULT_EXIT, KVM_MEMFAULT_REASON_UNKNOWN));
        assertEquals(-EFAULT, run());
        assertEquals(0, vcpu.kvmRun().exitReason());
    }

    @Test
    void disablingTheReasonGoesBackToABareEfault() throws Throwable {
        assumeThere();
        guest(READ, HostMemory.anonymous(PAGES_SIZE), KVM_MEM_ABSENT_MAPPING_FAULT);
        assertFaults();
        assertEquals(0, enable(KVM_CAP_X86_MEMORY_FAULT_EXIT, 0));
        assertEquals(-EFAULT, run());
    }

    @ParameterizedTest
    @ValueSource(strings = {READ, WRITE})
    void anAbsentPageExitsAgainUntilItIsThere(String code) throws Throwable {
        assumeThere();
        guest(code, HostMemory.anonymous(PAGES_SIZE), KVM_MEM_ABSENT_MAPPING_FAULT);
        assertFaults();
        assertFaults();
    }

    @ParameterizedTest
    @ValueSource(ints = {MADV_POPULATE_READ, MADV_POPULATE_WRITE})
    void populatingAFilesPageContinuesTheGuest(int advice) throws Throwable {
        assumeThere();
        MemorySegment pages = fileWithData();
        guest(READ, pages, KVM_MEM_ABSENT_MAPPING_FAULT);
        assertFaults();
        HostMemory.populate(touchedPage(pages), advice);
        assertIsReadAs(DATA);
    }

    @ParameterizedTest
    @ValueSource(ints = {MADV_POPULATE_READ, MADV_POPULATE_WRITE})
    void populatingAnAnonymousPageContinuesTheGuest(int advice) throws Throwable {
        assumeThere();
        MemorySegment pages = HostMemory.anonymous(PAGES_SIZE);
        guest(READ, pages, KVM_MEM_ABSENT_MAPPING_FAULT);
        assertFaults();
        HostMemory.populate(touchedPage(pages), advice);
        assertIsReadAs((byte) 0);
    }

    @Test
    void aWriteNeedsAPageThatCanBeWritten() throws Throwable {
        assumeThere();
        MemorySegment pages = HostMemory.anonymous(PAGES_SIZE);
        guest(WRITE, pages, KVM_MEM_ABSENT_MAPPING_FAULT);
        assertFaults();
        HostMemory.populate(touchedPage(pages), MADV_POPULATE_READ);
        assertFaults();
        HostMemory.populate(touchedPage(pages), MADV_POPULATE_WRITE);
        assertIsReadAs((byte) 0x77);
    }

    @Test
    void copyingAPageContinuesTheGuest() throws Throwable {
        assumeThere();
        MemorySegment pages = HostMemory.anonymous(PAGES_SIZE);
        int uffd = userfaultfd(pages, 0, MISSING);
        guest(READ, pages, KVM_MEM_ABSENT_MAPPING_FAULT);
        assertFaults();
        MemorySegment source = arena.allocate(PAGE, PAGE);
        source.set(ValueLayout.JAVA_BYTE, TOUCHED - TOUCHED_PAGE, DATA);
        long destination = touchedPage(pages).address();
        assertEquals(0, IoctlCall.call(uffd, UFFDIO_COPY, longs(destination, source.address(), PAGE, 0, 0)));
        assertIsReadAs(DATA);
    }

    @Test
    void continuingAMinorFaultContinuesTheGuest() throws Throwable {
        assumeThere();
        MemorySegment pages = fileWithData();
        int uffd = userfaultfd(pages, UFFD_FEATURE_MINOR_SHMEM, MINOR);
        guest(READ, pages, KVM_MEM_ABSENT_MAPPING_FAULT);
        assertFaults();
        assertEquals(
                0,
                IoctlCall.call(uffd, UFFDIO_CONTINUE, longs(touchedPage(pages).address(), PAGE, 0, 0)));
        assertIsReadAs(DATA);
    }

    /** A file that has the touched page, by a view that doesn't map it. */
    private static MemorySegment fileWithData() throws Throwable {
        int file = HostMemory.file(PAGES_SIZE);
        HostMemory.view(file, PAGES_SIZE).set(ValueLayout.JAVA_BYTE, TOUCHED - PAGES_GPA, DATA);
        return HostMemory.view(file, PAGES_SIZE);
    }

    private static MemorySegment touchedPage(MemorySegment pages) {
        return pages.asSlice(TOUCHED_PAGE - PAGES_GPA, PAGE);
    }

    private int userfaultfd(MemorySegment pages, long features, long mode) throws Throwable {
        int uffd = HostMemory.userfaultfd();
        assertEquals(0, IoctlCall.call(uffd, UFFDIO_API, longs(UFFD_API, features, 0)));
        assertEquals(0, IoctlCall.call(uffd, UFFDIO_REGISTER, longs(pages.address(), PAGES_SIZE, mode, 0)));
        return uffd;
    }

    private MemorySegment longs(long... values) {
        return arena.allocateFrom(ValueLayout.JAVA_LONG, values);
    }

    private void guest(String code, MemorySegment pages, int flags) {
        assertEquals(0, slot(pages, flags));
        vm.addMemory(0, CODE + PAGE).write(CODE, HexFormat.ofDelimiter(" ").parseHex(code));
        vcpu = vm.createVcpu(0);
        vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
        vcpu.x86().setRegs(r -> r.rip(CODE).rflags(2));
    }

    private int slot(MemorySegment pages, int flags) {
        KvmUserspaceMemoryRegion region = KvmUserspaceMemoryRegion.allocate(arena)
                .slot(7)
                .flags(flags)
                .guestPhysAddr(PAGES_GPA)
                .memorySize(PAGES_SIZE)
                .userspaceAddr(pages.address());
        return IoctlCall.call(vm.fd(), KVM_SET_USER_MEMORY_REGION, region.segment());
    }

    private int enable(int capability, long reasons) {
        KvmEnableCap cap = KvmEnableCap.allocate(arena).cap(capability).args(0, reasons);
        return IoctlCall.call(vm.fd(), KVM_ENABLE_CAP, cap.segment());
    }

    private int run() {
        return IoctlCall.call(vcpu.fd(), KVM_RUN, 0);
    }

    /** Enables the reason, and expects the exit for the touched page: the kernel returns -1, which reads as EPERM. */
    private void assertFaults() {
        assertEquals(0, enable(KVM_CAP_X86_MEMORY_FAULT_EXIT, KVM_MEMFAULT_REASON_ABSENT_MAPPING));
        assertEquals(-EPERM, run());
        assertEquals(KVM_EXIT_MEMORY_FAULT, vcpu.kvmRun().exitReason());
        MemorySegment fault = vcpu.kvmRun().segment().asSlice(32, 24);
        assertEquals(KVM_MEMFAULT_REASON_ABSENT_MAPPING, fault.get(ValueLayout.JAVA_LONG, 0));
        assertEquals(TOUCHED_PAGE, fault.get(ValueLayout.JAVA_LONG, 8));
        assertEquals(PAGE, fault.get(ValueLayout.JAVA_LONG, 16));
    }

    private void assertIsReadAs(byte expected) {
        assertEquals(0, run());
        assertEquals(KVM_EXIT_IO, vcpu.kvmRun().exitReason());
        MemorySegment kvmRun = vcpu.kvmRun().segment();
        long data = kvmRun.get(ValueLayout.JAVA_LONG, 40);
        MemorySegment area = MemorySegment.ofAddress(kvmRun.address()).reinterpret(2 * PAGE);
        assertEquals(expected, area.get(ValueLayout.JAVA_BYTE, data));
    }
}
