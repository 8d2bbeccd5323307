// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769).
// Edit the spec, not this file.
package drv;

import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.IoctlCall;
import io.kvm4j.uapi.IoctlRequest;
import java.lang.foreign.SegmentAllocator;
import javax.annotation.processing.Generated;

/**
 * {@link DrvIoctls} over a file descriptor that the caller keeps and closes.
 */
@Generated("io.kvm4j.processor.UapiProcessor")
public class DrvIoctlsOverFd implements DrvIoctls {
    protected final int fd;

    protected final CapabilityProbe capabilities;

    /**
     * Calls the ioctls of a file descriptor.
     *
     * @param fd the descriptor
     * @param capabilities tells what a failed call may have lacked
     */
    public DrvIoctlsOverFd(int fd, CapabilityProbe capabilities) {
        this.fd = fd;
        this.capabilities = capabilities;
    }

    @Override
    @IoctlRequest("DRV_VERSION")
    public int version() {
        int result = IoctlCall.call(fd, DrvConstants.DRV_VERSION, 0L);
        if (result < 0) {
            throw ErrnoException.of(-result, "DRV_VERSION", "fd " + fd);
        }
        return result;
    }

    @Override
    @IoctlRequest("DRV_SET_REGION")
    public void setRegion(DrvRegion region) {
        int result = IoctlCall.call(fd, DrvConstants.DRV_SET_REGION, region.segment());
        if (result < 0) {
            throw ErrnoException.of(-result, "DRV_SET_REGION", "fd " + fd + ", " + region,
                    "DRV_CAP_REGION2", capabilities.check(DrvConstants.DRV_CAP_REGION2) != 0);
        }
    }

    @Override
    @IoctlRequest("DRV_GET_LIST")
    public DrvList getList(SegmentAllocator allocator) {
        for (int count = 64;; count *= 2) {
            DrvList argument = DrvList.allocate(allocator, count);
            int result = IoctlCall.call(fd, DrvConstants.DRV_GET_LIST, argument.segment());
            if (result >= 0) {
                return argument;
            }
            boolean tooSmall = result == -Errno.E2BIG || result == -Errno.ENOMEM;
            if (!tooSmall || count > 65536 / 2) {
                throw ErrnoException.of(-result, "DRV_GET_LIST", "fd " + fd + ", room for " + count + " elements",
                        "DRV_CAP_LIST", capabilities.check(DrvConstants.DRV_CAP_LIST) != 0);
            }
        }
    }

    @Override
    @IoctlRequest("DRV_SET_ADDR")
    public void setAddr(long addr) {
        int result = IoctlCall.callWithPointerTo(fd, DrvConstants.DRV_SET_ADDR, addr);
        if (result < 0) {
            throw ErrnoException.of(-result, "DRV_SET_ADDR", "fd " + fd + ", " + addr);
        }
    }

    @Override
    @IoctlRequest("DRV_SET_MASK")
    public void setMask(int mask) {
        int result = IoctlCall.callWithPointerTo(fd, DrvConstants.DRV_SET_MASK, mask);
        if (result < 0) {
            throw ErrnoException.of(-result, "DRV_SET_MASK", "fd " + fd + ", " + mask);
        }
    }

    @Override
    @IoctlRequest("DRV_SPARE")
    public void spare(long value) {
        int result = IoctlCall.call(fd, DrvConstants.DRV_SPARE, value);
        if (result < 0) {
            throw ErrnoException.of(-result, "DRV_SPARE", "fd " + fd + ", " + value);
        }
    }

    @Override
    @IoctlRequest("DRV_RUN")
    public int run() {
        return IoctlCall.call(fd, DrvConstants.DRV_RUN, 0L);
    }

    @Override
    @IoctlRequest("DRV_WAKE")
    public void wake(DrvRegion region) {
        int result = IoctlCall.call(fd, DrvConstants.DRV_WAKE, region.segment());
        if (result < 0) {
            throw ErrnoException.of(-result, "DRV_WAKE", "fd " + fd + ", " + region);
        }
    }
}
