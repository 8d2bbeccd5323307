// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769).
// Edit the spec, not this file.
package drv.x86;

import drv.DrvConstants;
import drv.DrvIoctlsOverFd;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.IoctlCall;
import io.kvm4j.uapi.IoctlRequest;
import javax.annotation.processing.Generated;

/**
 * {@link DrvMoreIoctls} over a file descriptor that the caller keeps and closes.
 */
@Generated("io.kvm4j.processor.UapiProcessor")
public class DrvMoreIoctlsOverFd extends DrvIoctlsOverFd implements DrvMoreIoctls {
    /**
     * Calls the ioctls of a file descriptor.
     *
     * @param fd the descriptor
     * @param capabilities tells what a failed call may have lacked
     */
    public DrvMoreIoctlsOverFd(int fd, CapabilityProbe capabilities) {
        super(fd, capabilities);
    }

    @Override
    @IoctlRequest("DRV_GET_REGS")
    public void getRegs(DrvRegs regs) {
        int result = IoctlCall.call(fd, DrvX86Constants.DRV_GET_REGS, regs.segment());
        if (result < 0) {
            throw ErrnoException.of(-result, "DRV_GET_REGS", "fd " + fd + ", " + regs,
                    "DRV_CAP_LIST", capabilities.check(DrvConstants.DRV_CAP_LIST) != 0);
        }
    }
}
