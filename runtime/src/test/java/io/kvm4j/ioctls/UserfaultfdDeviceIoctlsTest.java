package io.kvm4j.ioctls;

import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.userfaultfd.UserfaultfdDeviceIoctls;
import org.junit.jupiter.api.Test;

class UserfaultfdDeviceIoctlsTest extends UserfaultfdTest {
    private final UserfaultfdDeviceIoctls ioctls =
            recorder.recording(UserfaultfdDeviceIoctls.class, UserfaultfdDeviceIoctls.of(device.fd()));

    @Test
    void iocNew() {
        owned(ioctls.iocNew(0), "userfaultfd");
        fails(Errno.EINVAL, () -> ioctls.iocNew(-1));
    }
}
