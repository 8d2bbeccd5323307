// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769).
// Edit the spec, not this file.
package drv;

import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.IoctlCall;
import io.kvm4j.uapi.IoctlRequest;
import io.kvm4j.uapi.Struct;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import javax.annotation.processing.Generated;

/**
 * {@link OddIoctls} over a file descriptor that the caller keeps and closes.
 */
@Generated("io.kvm4j.processor.UapiProcessor")
public class OddIoctlsOverFd implements OddIoctls {
    protected final int fd;

    protected final CapabilityProbe capabilities;

    /**
     * Calls the ioctls of a file descriptor.
     *
     * @param fd the descriptor
     * @param capabilities tells what a failed call may have lacked
     */
    public OddIoctlsOverFd(int fd, CapabilityProbe capabilities) {
        this.fd = fd;
        this.capabilities = capabilities;
    }

    @Override
    @IoctlRequest("DRV_GET_LIST")
    public DrvList getList(SegmentAllocator allocator) {
        int size = Math.max(capabilities.check(DrvConstants.DRV_CAP_REGION2), (int) DrvList.LAYOUT.byteSize());
        DrvList argument = DrvList.of(allocator.allocate(size, DrvList.LAYOUT.byteAlignment()).fill((byte) 0));
        argument.pad(size);
        int result = IoctlCall.call(fd, DrvConstants.DRV_GET_LIST, argument.segment());
        if (result < 0) {
            throw ErrnoException.of(-result, "DRV_GET_LIST", "fd " + fd + ", " + size + " bytes",
                    "DRV_CAP_LIST", capabilities.check(DrvConstants.DRV_CAP_LIST) != 0);
        }
        return argument;
    }

    @Override
    @IoctlRequest("DRV_SET_ADDR")
    public long addr() {
        MemorySegment scalar = IoctlCall.zeroedScalar();
        int result = IoctlCall.call(fd, DrvConstants.DRV_SET_ADDR, scalar);
        if (result < 0) {
            throw ErrnoException.of(-result, "DRV_SET_ADDR", "fd " + fd);
        }
        return scalar.get(ValueLayout.JAVA_LONG, 0);
    }

    @Override
    @IoctlRequest("DRV_SET_MASK")
    public int mask() {
        MemorySegment scalar = IoctlCall.zeroedScalar();
        int result = IoctlCall.call(fd, DrvConstants.DRV_SET_MASK, scalar);
        if (result < 0) {
            throw ErrnoException.of(-result, "DRV_SET_MASK", "fd " + fd);
        }
        return scalar.get(ValueLayout.JAVA_INT, 0);
    }

    @Override
    @IoctlRequest("DRV_OLD_REGION")
    public int old(Struct any) {
        int result = IoctlCall.call(fd, DrvConstants.DRV_OLD_REGION, any.segment());
        if (result < 0) {
            throw ErrnoException.of(-result, "DRV_OLD_REGION", "fd " + fd + ", " + any);
        }
        return result;
    }
}
