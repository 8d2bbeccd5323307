package io.kvm4j;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** A program whose vCPU threads end while others kick them. Says so if it survives. */
final class KicksAtTheEnd {
    private static final int ROUNDS = 100;

    private KicksAtTheEnd() {}

    public static void main(String[] args) throws Exception {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.OUT_FOREVER)) {
            AtomicReference<VcpuThread> current = new AtomicReference<>(guest.vcpu.thread(_ -> {}));
            AtomicBoolean over = new AtomicBoolean();
            Thread kicker = Thread.ofPlatform().daemon().start(() -> kickUntil(over, current));
            for (int i = 0; i < ROUNDS; i++) {
                current.get().close();
                current.set(guest.vcpu.start(KicksAtTheEnd::kickItself));
                current.get().join();
            }
            over.set(true);
            kicker.join();
        }
        System.out.println("alive");
    }

    private static void kickItself(VcpuThread cpu) {
        cpu.run();
        cpu.kick();
    }

    private static void kickUntil(AtomicBoolean over, AtomicReference<VcpuThread> current) {
        while (!over.get()) {
            current.get().kick();
            Thread.onSpinWait();
        }
    }
}
