package starter;

import io.kvm4j.Kvm;
import io.kvm4j.KvmUnavailableException;
import io.kvm4j.MemorySlot;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import io.kvm4j.uapi.KvmExit;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** A VMM to start from: one vCPU in real mode, 64 KiB of memory, and a console at I/O port 0x3f8. */
public final class Vmm {
    private static final int CODE = 0x1000;
    private static final int TEXT = 0x2000;
    private static final int CONSOLE = 0x3f8;

    /** The guest's program. */
    private static final byte[] GUEST = HexFormat.of().parseHex(""
            + "be0020" // mov si, TEXT
            + "baf803" // mov dx, CONSOLE
            + "ac" // next: lodsb
            + "84c0" // test al, al
            + "7403" // jz end
            + "ee" // out dx, al
            + "ebf8" // jmp next
            + "f4"); // end: hlt

    private Vmm() {}

    public static void main(String[] args) {
        try (Kvm kvm = Kvm.open()) {
            run(kvm, "Hello from a guest\n", System.out);
        } catch (KvmUnavailableException e) {
            System.err.println("starter: " + e.getMessage());
            System.exit(2);
        }
    }

    /** Runs a guest that writes {@code text} to its console and halts. */
    static void run(Kvm kvm, String text, OutputStream console) {
        try (Vm vm = kvm.createVm();
                MemorySlot ram = vm.addMemory(0x0, 64 << 10);
                Vcpu vcpu = vm.createVcpu(0)) {
            ram.write(CODE, GUEST);
            ram.write(TEXT, (text + '\0').getBytes(StandardCharsets.US_ASCII));
            // A vCPU starts near 4 GiB, as after a reset. Start it at our code instead.
            vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
            vcpu.x86().setRegs(r -> r.rip(CODE).rflags(2));
            while (true) {
                switch (vcpu.run()) {
                    case KvmExit.Io io when io.isOut() && io.port() == CONSOLE -> io.copyTo(console);
                    case KvmExit.Hlt _ -> {
                        return;
                    }
                    case KvmExit other -> throw new UnhandledExitException(other);
                }
            }
        }
    }
}
