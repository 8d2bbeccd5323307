package io.kvm4j.injection;

import io.kvm4j.Kvm;
import io.kvm4j.MemorySlot;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.Vcpu;
import io.kvm4j.VcpuThread;
import io.kvm4j.Vm;
import io.kvm4j.fault.DemandPager;
import io.kvm4j.fault.PagedRegion;
import io.kvm4j.pages.PageServer;
import io.kvm4j.pages.PageSource;
import io.kvm4j.uapi.KvmExit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HexFormat;

/** The life of a VM whose memory comes, page by page, from a server at the other end of a connection. */
final class PagerScenario implements Scenario {
    /** {@code mov ax, 0x1000; mov ds, ax; xor si, si; again: lodsb; add si, 4095; jnc again; hlt}: reads 16 pages. */
    private static final String READ_ALL = "b8 00 10 8e d8 31 f6 ac 81 c6 ff 0f 73 f9 f4";

    private static final int CODE = 0x1000;
    private static final int FIRST = 0x10000;
    private static final int BYTES = 0x10000;
    private static final PageSource ONES = (offset, into) -> {
        int length = into.remaining();
        while (into.hasRemaining()) {
            into.put((byte) 1);
        }
        return length;
    };

    @Override
    public void run() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(new InetSocketAddress(loopback, 0));
                SocketChannel near = SocketChannel.open(listener.getLocalAddress());
                SocketChannel far = listener.accept();
                Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                MemorySlot code = vm.addMemory(0, CODE + 0x1000);
                MemorySlot paged = vm.addMemory(FIRST, BYTES)) {
            Thread server = new Thread(() -> serve(far), "server");
            server.setDaemon(true);
            server.start();
            code.write(CODE, HexFormat.ofDelimiter(" ").parseHex(READ_ALL));
            readAll(vm, paged, PageSource.socket(near));
        }
    }

    private static void serve(SocketChannel far) {
        try {
            new PageServer(ONES, far).run();
        } catch (IOException | RuntimeException | Error e) {
            // The other end notices.
        }
    }

    private static void readAll(Vm vm, MemorySlot paged, PageSource source) throws Exception {
        try (DemandPager pager = DemandPager.builder(source)
                        .guest(vm.threads())
                        .region(PagedRegion.of(paged))
                        .patience(Duration.ofSeconds(1))
                        .background(false)
                        .start();
                Vcpu vcpu = vm.createVcpu(0)) {
            vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
            vcpu.x86().setRegs(r -> r.rip(CODE).rflags(2));
            try (VcpuThread thread = vcpu.start(PagerScenario::untilHalted)) {
                long deadline = System.nanoTime() + 200_000_000;
                while (!thread.hasEnded() && System.nanoTime() < deadline) {
                    Thread.sleep(1);
                }
            }
            pager.handler().ensure(FIRST, 0x2000);
        }
    }

    private static void untilHalted(VcpuThread cpu) {
        while (cpu.run()) {
            switch (cpu.exit()) {
                case KvmExit.Hlt _ -> {
                    return;
                }
                case KvmExit other -> throw new UnhandledExitException(other);
            }
        }
    }
}
