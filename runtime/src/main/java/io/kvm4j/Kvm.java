package io.kvm4j;

import io.kvm4j.posix.Architecture;
import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.Descriptor;
import io.kvm4j.proposals.ExitOnMissingV7Probe;
import io.kvm4j.proposals.MemoryFaultNowaitV2Probe;
import io.kvm4j.proposals.UserfaultV3Probe;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmSystemIoctls;
import io.kvm4j.uapi.proposals.userfault_v3.UserfaultVmIoctls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The host's KVM: what it can do, and the creation of VMs. Owns {@code /dev/kvm}; any thread may use and close it. */
public final class Kvm implements AutoCloseable {
    /** Where Linux has KVM. */
    public static final Path DEVICE = Path.of("/dev/kvm");

    private final Object lock = new Object();
    private final Descriptor descriptor;
    private final KvmSystemIoctls ioctls;

    private Kvm(Descriptor descriptor, KvmSystemIoctls ioctls) {
        this.descriptor = descriptor;
        this.ioctls = ioctls;
    }

    /**
     * Opens {@code /dev/kvm}.
     *
     * @throws KvmUnavailableException if it is missing, may not be opened, or has an API version other than 12
     */
    public static Kvm open() {
        return open(DEVICE);
    }

    /**
     * Opens KVM by another path.
     *
     * @throws KvmUnavailableException if it is missing, may not be opened, is not KVM, or has an API version other
     *     than 12
     */
    public static Kvm open(Path device) {
        Descriptor descriptor = openDevice(device);
        try {
            KvmSystemIoctls ioctls = KvmSystemIoctls.of(descriptor.fd());
            requireVersion(device, ioctls);
            return new Kvm(descriptor, ioctls);
        } catch (Throwable e) {
            throw Cleanup.after(e).run(descriptor::close).rethrow();
        }
    }

    private static Descriptor openDevice(Path device) {
        try {
            return Descriptor.open(device);
        } catch (ErrnoException e) {
            throw KvmUnavailableException.cannotOpen(device, e);
        }
    }

    /** Refuses what is not KVM, or a KVM that is not the one that the bindings describe. */
    static void requireVersion(Path device, KvmSystemIoctls ioctls) {
        int version;
        try {
            version = ioctls.getApiVersion();
        } catch (ErrnoException e) {
            throw KvmUnavailableException.notKvm(device, e);
        }
        if (version != KvmConstants.KVM_API_VERSION) {
            throw KvmUnavailableException.wrongVersion(device, version, KvmConstants.KVM_API_VERSION);
        }
    }

    /**
     * Asks for a capability of the host's kernel. Allocates nothing.
     *
     * @return 0 if the kernel lacks it, otherwise 1 or what the capability's documentation says
     */
    public int checkExtension(Capability capability) {
        synchronized (lock) {
            descriptor.fd();
            return ioctls.checkExtension(capability.number());
        }
    }

    /**
     * Tells whether this kernel reports memory faults in a certain way. The number of a proposal's capability means
     * something else on mainline, so that it takes a memory slot of a VM made for the question to tell.
     */
    public boolean supports(FaultVariant variant) {
        return switch (variant) {
            case MAINLINE -> checkExtension(Capability.KVM_CAP_MEMORY_FAULT_INFO) != 0;
            case MEMORY_FAULT_NOWAIT_V2 -> askVm(scratch -> MemoryFaultNowaitV2Probe.isSupportedBy(scratch.ioctls()));
            case EXIT_ON_MISSING_V7 -> askVm(scratch -> ExitOnMissingV7Probe.isSupportedBy(scratch.ioctls()));
            case USERFAULT_V3 ->
                askVm(scratch -> UserfaultV3Probe.isSupportedBy(scratch.ioctls(), UserfaultVmIoctls.of(scratch.fd())));
        };
    }

    private boolean askVm(Predicate<Vm> question) {
        try (Vm scratch = createVm()) {
            return question.test(scratch);
        }
    }

    /** Asks for all capabilities that the bindings know, in the order of their numbers. */
    public SequencedMap<Capability, Integer> capabilities() {
        return ask(this::checkExtension);
    }

    static SequencedMap<Capability, Integer> ask(ToIntFunction<Capability> checkExtension) {
        SequencedMap<Capability, Integer> values = new LinkedHashMap<>();
        for (Capability capability : Capability.known()) {
            values.put(capability, checkExtension.applyAsInt(capability));
        }
        return Collections.unmodifiableSequencedMap(values);
    }

    /** Creates a VM of the architecture's default type. The caller closes it; it may outlive this object. */
    public Vm createVm() {
        return createVm(0);
    }

    /**
     * Creates a VM. The caller closes it; it may outlive this object.
     *
     * @param type the machine type, for KVM_CREATE_VM
     */
    public Vm createVm(long type) {
        return createVm(type, FaultVariant.MAINLINE);
    }

    /**
     * Creates a VM whose memory faults are reported in a certain way. The caller closes it; it may outlive this object.
     *
     * @param type the machine type, for KVM_CREATE_VM
     * @param faults how this kernel reports memory faults
     */
    public Vm createVm(long type, FaultVariant faults) {
        synchronized (lock) {
            int fd = descriptor.fd();
            int runAreaSize = ioctls.getVcpuMmapSize();
            X86Support x86 = x86Support(fd);
            Descriptor vm = Descriptor.owning(createUninterrupted(type), "the VM");
            return vm(vm, runAreaSize, x86, faults);
        }
    }

    private static Vm vm(Descriptor vm, int runAreaSize, @Nullable X86Support x86, FaultVariant faults) {
        try {
            return new Vm(vm, runAreaSize, x86, faults);
        } catch (Throwable e) {
            throw Cleanup.after(e).run(vm::close).rethrow();
        }
    }

    /**
     * Makes a VM of a descriptor that KVM_CREATE_VM returned to an ioctl of the caller's. The VM owns the descriptor from now
     * on, and closes it also if this fails. Memory slots and vCPUs that it has already stay unknown to the VM: set no slots
     * before this.
     *
     * @param fd the descriptor's number
     * @throws IllegalArgumentException if it is not a VM's descriptor
     * @throws IllegalStateException if this is closed
     */
    public Vm adoptVm(int fd) {
        Descriptor vm = OwnedDescriptor.descriptor(fd, "a VM");
        try {
            requireVm(fd);
            synchronized (lock) {
                return new Vm(vm, ioctls.getVcpuMmapSize(), x86Support(descriptor.fd()), FaultVariant.MAINLINE);
            }
        } catch (Throwable e) {
            throw Cleanup.after(e).run(vm::close).rethrow();
        }
    }

    private static void requireVm(int fd) {
        try {
            String file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
            if (!file.contains("kvm-vm")) {
                throw new IllegalArgumentException("cannot adopt a VM: fd %d is not one".formatted(fd));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot adopt a VM: fd %d cannot be identified".formatted(fd), e);
        }
    }

    /** Creates a VM again when a signal of the JVM's interrupted its creation. */
    private int createUninterrupted(long type) {
        while (true) {
            try {
                return ioctls.createVm(type);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EINTR) {
                    throw e;
                }
            }
        }
    }

    private static @Nullable X86Support x86Support(int fd) {
        return switch (Architecture.current()) {
            case X86_64 -> X86Support.of(fd);
            case AARCH64, OTHER -> null;
        };
    }

    /**
     * What x86_64 adds.
     *
     * @throws UnsupportedOperationException on another architecture
     */
    public X86Kvm x86() {
        return switch (Architecture.current()) {
            case X86_64 -> new X86Kvm(this);
            case AARCH64, OTHER -> throw Architecture.lacks("Kvm.x86()", "x86_64");
        };
    }

    /**
     * The file descriptor of KVM, for the ioctls of one's own specs. It stays this object's: do not close it, and do
     * not use it after {@link #close}.
     *
     * @throws IllegalStateException if this is closed
     */
    public int fd() {
        return descriptor.fd();
    }

    /**
     * The ioctls of {@code /dev/kvm}, for what this class has no method for. They are bound to the descriptor's number:
     * do not use them after {@link #close}.
     *
     * @throws IllegalStateException if this is closed
     */
    public KvmSystemIoctls ioctls() {
        descriptor.fd();
        return ioctls;
    }

    /** Closes {@code /dev/kvm}. VMs that it created live on. */
    @Override
    public void close() {
        synchronized (lock) {
            descriptor.close();
        }
    }
}
