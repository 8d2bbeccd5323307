package own;

import io.kvm4j.processor.annotations.Ioctl;
import io.kvm4j.processor.annotations.Ioctls;
import io.kvm4j.processor.annotations.Out;

/** What this program asks the kernel's random number generator. */
@Ioctls
interface RandomIoctls {
    /** The entropy of the kernel's pool, in bits. */
    @Ioctl("RNDGETENTCNT")
    @Out
    int entropy();
}
