package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.uapi.KvmExit;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The run loop that the README shows is the one that runs here. */
class ContractScreenTest {
    private static final Path README = Path.of("../README.md");
    private static final Path THIS = Path.of("src/test/java/io/kvm4j/ContractScreenTest.java");

    /** {@code mov dx, 0x3f8; mov al, 'h'; out dx, al; mov al, 'i'; out dx, al; hlt}. */
    private static final byte[] code = HexFormat.ofDelimiter(" ").parseHex("ba f8 03 b0 68 ee b0 69 ee f4");

    @RequiresKvm
    @Tag("smoke")
    @Test
    void itRuns() {
        PrintStream console = System.out;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        System.setOut(new PrintStream(new BufferedOutputStream(written), false, StandardCharsets.UTF_8));
        try {
            screen();
        } finally {
            System.setOut(console);
        }
        assertEquals("hi", written.toString(StandardCharsets.UTF_8));
    }

    private static void screen() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                MemorySlot ram = vm.addMemory(0x0, 16 << 20);
                Vcpu vcpu = vm.createVcpu(0)) {
            ram.write(0x1000, code);
            vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
            vcpu.x86().setRegs(r -> r.rip(0x1000).rflags(2));
            while (true) {
                switch (vcpu.run()) {
                    case KvmExit.Io io when io.isOut() && io.port() == 0x3f8 -> io.copyTo(System.out);
                    case KvmExit.Hlt _ -> {
                        return;
                    }
                    case KvmExit other -> throw new UnhandledExitException(other);
                }
            }
        }
    }

    @Test
    void itIsTheReadmes() throws IOException {
        String readme = Files.readString(README);
        int start = readme.indexOf("```java\n") + "```java\n".length();
        String shown = readme.substring(start, readme.indexOf("```", start));
        assertTrue(shown.contains("vcpu.run()"), shown);
        assertTrue(withoutSpace(Files.readString(THIS)).contains(withoutSpace(shown)), shown);
    }

    private static String withoutSpace(String java) {
        return java.replaceAll("\\s", "");
    }
}
