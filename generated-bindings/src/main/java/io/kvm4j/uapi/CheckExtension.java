package io.kvm4j.uapi;

/** Asks a system or VM descriptor for capabilities. */
final class CheckExtension {
    private CheckExtension() {}

    /** A probe that asks the descriptor itself; a descriptor that cannot answer is taken to lack nothing. */
    static CapabilityProbe on(int fd) {
        return capability -> Math.abs(IoctlCall.call(fd, KvmConstants.KVM_CHECK_EXTENSION, capability));
    }
}
