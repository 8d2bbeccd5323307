package alone;

import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.KvmExitDecoder;
import io.kvm4j.uapi.KvmSystemIoctls;
import io.kvm4j.uapi.KvmUserspaceMemoryRegion;
import io.kvm4j.uapi.x86_64.KvmRegs;
import io.kvm4j.uapi.x86_64.KvmSregs;
import io.kvm4j.uapi.x86_64.X86VcpuIoctls;
import io.kvm4j.uapi.x86_64.X86VmIoctls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/** A guest in real mode that writes two characters to a port and halts, run by the bindings and three system calls. */
public final class Main {
    private static final Path KVM = Path.of("/dev/kvm");
    private static final byte[] CODE = {
        (byte) 0xba, (byte) 0xf8, 0x03, // mov dx, 0x3f8
        (byte) 0xb0, 'h', // mov al, 'h'
        (byte) 0xee, // out dx, al
        (byte) 0xb0, 'i', // mov al, 'i'
        (byte) 0xee, // out dx, al
        (byte) 0xf4 // hlt
    };
    private static final long PAGE = 4096;

    private Main() {}

    /** Runs the guest where there is KVM; descriptors and memory go with the process. */
    public static void main(String[] args) {
        if (!Files.isWritable(KVM)) {
            System.out.println(KVM + " can't be opened here");
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            String said = run(arena);
            System.out.println("the guest said " + said);
            if (!said.equals("hi")) {
                System.exit(1);
            }
        }
    }

    private static String run(Arena arena) {
        KvmSystemIoctls system = KvmSystemIoctls.of(SystemCalls.open(KVM));
        int vm = system.createVm(0);
        X86VmIoctls vmIoctls = X86VmIoctls.of(vm);
        MemorySegment memory = SystemCalls.map(-1, PAGE);
        memory.copyFrom(MemorySegment.ofArray(CODE));
        vmIoctls.setUserMemoryRegion(KvmUserspaceMemoryRegion.allocate(arena)
                .guestPhysAddr(PAGE)
                .memorySize(PAGE)
                .userspaceAddr(memory.address()));

        int vcpu = vmIoctls.createVcpu(0);
        X86VcpuIoctls vcpuIoctls = X86VcpuIoctls.of(vcpu, vmIoctls::checkExtension);
        KvmSregs sregs = KvmSregs.allocate(arena);
        vcpuIoctls.getSregs(sregs);
        sregs.cs().base(0).selector(0);
        vcpuIoctls.setSregs(sregs);
        vcpuIoctls.setRegs(KvmRegs.allocate(arena).rip(PAGE).rflags(2));

        KvmExitDecoder exits = new KvmExitDecoder(SystemCalls.map(vcpu, system.getVcpuMmapSize()));
        StringBuilder said = new StringBuilder();
        while (true) {
            exits.clear();
            int result = vcpuIoctls.run();
            if (result < 0) {
                throw new IllegalStateException("KVM_RUN failed with errno " + -result);
            }
            switch (exits.decode(exits.struct().exitReason())) {
                case KvmExit.Io io when io.isOut() && io.port() == 0x3f8 ->
                    said.append((char) io.value(0));
                case KvmExit.Hlt _ -> {
                    return said.toString();
                }
                case KvmExit other -> throw new IllegalStateException("unexpected exit: " + other);
            }
        }
    }
}
