package starter;

import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.processor.annotations.Out;
import io.kvm4j.uapi.CapabilityProbe;
import io.kvm4j.uapi.KvmMpState;

/** An ioctl of your own: the annotation processor checks it against the kernel's headers, and writes its implementation. */
@Ioctls
interface MpStateIoctls {
    static MpStateIoctls of(int vcpuFd, CapabilityProbe capabilities) {
        return new MpStateIoctlsOverFd(vcpuFd, capabilities); // generated
    }

    @Ioctl("KVM_GET_MP_STATE")
    void getMpState(@Out KvmMpState state);
}
