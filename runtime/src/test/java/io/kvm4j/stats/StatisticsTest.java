package io.kvm4j.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.Allocations;
import io.kvm4j.OpenDescriptors;
import io.kvm4j.RealModeGuest;
import io.kvm4j.RequiresKvm;
import io.kvm4j.UserModeGuest;
import io.kvm4j.Vcpu;
import io.kvm4j.VcpuThread;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.StatsType;
import io.kvm4j.uapi.StatsUnit;
import java.io.IOException;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@RequiresKvm
@Timeout(300)
class StatisticsTest {
    private static final int CALLS = 10_000;

    /** {@code again: mov [NOTHING], al; jmp again}. */
    private static final String EXIT_FOREVER = "88 04 25 00 00 30 00 eb f7";

    private UserModeGuest guest;
    private Vcpu vcpu;

    @BeforeEach
    void open() {
        guest = new UserModeGuest();
        assumeTrue(
                guest.kvm.checkExtension(Capability.KVM_CAP_BINARY_STATS_FD) != 0,
                "this kernel lacks KVM_CAP_BINARY_STATS_FD");
        vcpu = guest.vcpu(0, EXIT_FOREVER);
    }

    @AfterEach
    void close() {
        guest.close();
    }

    @Test
    void exitsThatTheKernelCountsAreThoseThatWereSeen() {
        Statistics statistics = Statistics.of(vcpu);
        Statistic mmio = statistics.get("mmio_exits");
        Statistic all = statistics.get("exits");
        assertEquals(0, mmio.value());
        for (int i = 1; i <= 50; i++) {
            assertInstanceOf(KvmExit.Mmio.class, vcpu.run());
            assertEquals(i - 1, mmio.value(), "values wait for the refresh");
            statistics.refresh();
            assertEquals(i, mmio.value());
        }
        assertTrue(all.value() >= 50, all::toString);
    }

    @Test
    void portExitsToo() {
        try (RealModeGuest ports = new RealModeGuest(RealModeGuest.OUT_FOREVER);
                Statistics statistics = Statistics.of(ports.vcpu)) {
            for (int i = 0; i < 50; i++) {
                ports.run(KvmExit.Io.class);
            }
            statistics.refresh();
            long counted = statistics.get("exits").value();
            assertTrue(counted >= 50, () -> counted + " exits");
        }
    }

    @Test
    void aVcpuThatRunsCanBeWatched() throws InterruptedException {
        Vcpu spinning = guest.vcpu(1, UserModeGuest.COUNT);
        Statistics statistics = Statistics.of(spinning);
        VcpuThread thread = spinning.start(VcpuThread::run);
        while (guest.count(spinning) == 0) {
            Thread.sleep(1);
        }
        assertThrows(IllegalStateException.class, () -> Statistics.of(spinning));
        thread.kick();
        thread.join();
        statistics.refresh();
        assertTrue(statistics.get("exits").value() > 0);
        assertTrue(statistics.get("signal_exits").value() > 0
                || statistics.get("exits").value() > 0);
    }

    @Test
    void describesWhatThereIs() {
        Statistics ofVcpu = Statistics.of(vcpu);
        assertTrue(ofVcpu.id().startsWith("kvm-") && ofVcpu.id().endsWith("/vcpu-0"), ofVcpu.id());
        Statistic halts = ofVcpu.get("halt_poll_success_hist");
        assertEquals(StatsType.KVM_STATS_TYPE_LOG_HIST, halts.description().type());
        assertEquals(StatsUnit.KVM_STATS_UNIT_SECONDS, halts.description().unit());
        assertEquals(-9, halts.description().exponent());
        assertTrue(halts.buckets() > 1);
        assertEquals(0, halts.total());
        assertEquals("halt_poll_success_hist 0", halts.toString());
        Statistics ofVm = Statistics.of(guest.vm);
        assertTrue(ofVm.id().startsWith("kvm-") && !ofVm.id().contains("vcpu"), ofVm.id());
        assertTrue(ofVm.has("remote_tlb_flush"));
        for (Statistics statistics : new Statistics[] {ofVm, ofVcpu}) {
            assertTrue(statistics.all().stream().allMatch(s -> statistics.get(s.name()) == s));
            for (Statistic statistic : statistics.all()) {
                assertTrue(statistic.description().type().isKnown(), statistic::toString);
                assertTrue(statistic.inUnit() >= 0);
            }
        }
    }

    @Test
    void haltsAreCountedInAHistogram() throws InterruptedException {
        try (RealModeGuest sleeper = new RealModeGuest("f4 eb fd")) {
            assertNotNull(sleeper.vcpu);
            sleeper.run(KvmExit.Hlt.class);
            try (Statistics statistics = Statistics.of(sleeper.vcpu)) {
                assertEquals(1, statistics.get("halt_exits").value(), statistics.all()::toString);
            }
        }
    }

    @Test
    void whatThisKernelLacksIsNamed() {
        Statistics statistics = Statistics.of(guest.vm);
        NoSuchElementException e = assertThrows(NoSuchElementException.class, () -> statistics.get("exitz"));
        assertTrue(e.getMessage().startsWith("this kernel has no statistic \"exitz\" of kvm-"), e::getMessage);
        assertTrue(e.getMessage().contains("remote_tlb_flush"), e::getMessage);
    }

    @Test
    void theVmClosesThem() throws IOException {
        long before = OpenDescriptors.of("kvm");
        Statistics ofVm = Statistics.of(guest.vm);
        Statistics ofVcpu = Statistics.of(vcpu);
        assertEquals(before + 2, OpenDescriptors.of("kvm"));
        ofVm.close();
        ofVm.close();
        guest.vm.close();
        assertEquals(before - 2, OpenDescriptors.of("kvm"));
        IllegalStateException e = assertThrows(IllegalStateException.class, ofVcpu::refresh);
        assertEquals("the descriptor of the statistics is closed", e.getMessage());
        assertEquals(0, ofVcpu.get("mmio_exits").value());
    }

    @Test
    void readingAllocatesNothing() {
        Statistics statistics = Statistics.of(vcpu);
        Statistic exits = statistics.get("exits");
        Statistic halts = statistics.get("halt_poll_success_hist");
        long[] sum = new long[1];
        Allocations.assertNone(CALLS, () -> {
            for (int i = 0; i < CALLS; i++) {
                statistics.refresh();
                sum[0] += exits.value() + halts.total() + (long) exits.inUnit();
                sum[0] += statistics.get("mmio_exits").value();
            }
        });
    }
}
