package io.kvm4j;

import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** KVM cannot be used on this machine as it is. The message is one line that says why and what to do about it. */
public final class KvmUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private KvmUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * The kernel's KVM lacks something that a program cannot do without.
     *
     * @param what it lacks, for people
     * @param remedy what to do about it
     */
    public static KvmUnavailableException lacks(String what, String remedy) {
        return new KvmUnavailableException("this kernel's KVM lacks " + what + ": " + remedy, null);
    }

    /** The device cannot be opened. */
    static KvmUnavailableException cannotOpen(Path device, ErrnoException cause) {
        String message = switch (cause.errno()) {
            case Errno.ENOENT, Errno.ENODEV, Errno.ENXIO ->
                device + " does not exist: load the kernel module (modprobe kvm_intel or kvm_amd), and enable"
                        + " virtualization in the firmware or, in a virtual machine, in its hypervisor";
            case Errno.EACCES, Errno.EPERM ->
                "no permission to open " + device + ": join the group that owns it (usually kvm: sudo usermod"
                        + " -aG kvm $USER, then log in again) or run as root";
            default -> "cannot open " + device + ": " + cause.errnoName();
        };
        return new KvmUnavailableException(message, cause);
    }

    /** The file that was opened answers no KVM ioctl. */
    static KvmUnavailableException notKvm(Path device, ErrnoException cause) {
        return new KvmUnavailableException(
                "%s is not KVM (KVM_GET_API_VERSION failed with %s): name the KVM device, usually /dev/kvm"
                        .formatted(device, cause.errnoName()),
                cause);
    }

    /** The kernel speaks another version of the API. */
    static KvmUnavailableException wrongVersion(Path device, int version, int needed) {
        return new KvmUnavailableException(
                "%s speaks version %d of the KVM API, kvm4j needs %d: use Linux 2.6.22 or newer"
                        .formatted(device, version, needed),
                null);
    }
}
