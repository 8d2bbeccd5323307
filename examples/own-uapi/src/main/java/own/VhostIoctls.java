package own;

import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.processor.annotations.Out;

/** What this program asks a vhost device. */
@Ioctls
interface VhostIoctls {
    /** The virtio features that the device can do, bit by bit. */
    @Ioctl("VHOST_GET_FEATURES")
    @Out
    long getFeatures();
}
