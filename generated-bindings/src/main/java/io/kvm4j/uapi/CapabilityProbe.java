package io.kvm4j.uapi;

/** Tells whether the kernel has a capability, so that a failed ioctl can say that this is why. */
@FunctionalInterface
public interface CapabilityProbe {
    /** For descriptors whose kernel cannot be asked: claims that every capability is there. */
    CapabilityProbe ASSUME_PRESENT = _ -> 1;

    /**
     * Asks for a capability.
     *
     * @param capability the number of the capability
     * @return 0 if the kernel lacks it, otherwise what the kernel says of it
     */
    int check(int capability);
}
