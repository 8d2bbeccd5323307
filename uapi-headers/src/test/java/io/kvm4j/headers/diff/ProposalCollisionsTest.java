package io.kvm4j.headers.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.sets.CommittedSnapshots;
import io.kvm4j.snapshot.Snapshot;
import io.kvm4j.snapshot.SnapshotJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProposalCollisionsTest {
    private static final Snapshot MAINLINE =
            CommittedSnapshots.find("linux-7.2", Architecture.of("x86_64")).orElseThrow();

    /** The report is also a file of the build, for whoever wants to read it there. */
    @Test
    void everyNumberThatMainlineUsesForSomethingElseIsTold() throws IOException {
        List<String> lines = ProposalCollisions.ofAll("linux-7.2").stream()
                .flatMap(collisions -> collisions.lines().stream())
                .toList();
        Files.write(Files.createDirectories(Path.of("target")).resolve("proposal-collisions.txt"), lines);
        assertEquals("""
                linux-6.1+memory-fault-nowait-v2 for x86_64, in linux-7.2:
                  capability KVM_CAP_MEMORY_FAULT_NOWAIT = 228 is mainline's KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE
                  capability KVM_CAP_X86_MEMORY_FAULT_EXIT = 227 is mainline's KVM_CAP_COUNTER_OFFSET
                  exit reason KVM_EXIT_MEMORY_FAULT = 38 is mainline's KVM_EXIT_LOONGARCH_IOCSR
                  memory slot flag KVM_MEM_ABSENT_MAPPING_FAULT = 0x4 is mainline's KVM_MEM_GUEST_MEMFD
                linux-6.12+exit-on-missing-v7 for x86_64, in linux-7.2:
                  capability KVM_CAP_EXIT_ON_MISSING = 236 is mainline's KVM_CAP_PRE_FAULT_MEMORY
                linux-6.12+exit-on-missing-v7 for aarch64, in linux-7.2:
                  capability KVM_CAP_EXIT_ON_MISSING = 236 is mainline's KVM_CAP_PRE_FAULT_MEMORY
                linux-6.12+userfault-v3 for x86_64, in linux-7.2:
                  capability KVM_CAP_USERFAULT = 243 is mainline's KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED
                linux-6.12+userfault-v3 for aarch64, in linux-7.2:
                  capability KVM_CAP_USERFAULT = 243 is mainline's KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED
                """.lines().toList(), lines);
    }

    @Test
    void flagsOfFaultsCollide() throws IOException {
        assertEquals(
                List.of("memory fault flag KVM_MEMORY_EXIT_FLAG_X = 0x8 is mainline's KVM_MEMORY_EXIT_FLAG_PRIVATE"),
                collisions("KVM_MEMORY_EXIT_FLAG_X", 8, ""));
    }

    @Test
    void aNameOfAnotherValueCollides() throws IOException {
        assertEquals(
                List.of("exit reason KVM_EXIT_MEMORY_FAULT = 99, but mainline's is 39"),
                collisions("KVM_EXIT_MEMORY_FAULT", 99, ""));
    }

    /** KVM_EXIT_IO_OUT is 1 as well, but no reason. */
    @Test
    void exitsCollideWithReasonsOnly() throws IOException {
        assertEquals(
                List.of("exit reason KVM_EXIT_X = 1 is mainline's KVM_EXIT_EXCEPTION"),
                collisions("KVM_EXIT_X", 1, ""));
        assertEquals(44, ExitReasons.of(MAINLINE).size());
    }

    /** As the first version of memory-fault-nowait had it: mainline's ioctl of the same number has another size and direction. */
    @Test
    void ioctlsCollideWhateverTheirSize() throws IOException {
        assertEquals(
                List.of("ioctl KVM_SET_MEM_FAULT_NOWAIT = 0xaed2 is mainline's KVM_SET_MEMORY_ATTRIBUTES"),
                collisions(
                        "KVM_SET_MEM_FAULT_NOWAIT",
                        0xC001AED2L,
                        "{\"name\": \"KVM_SET_MEM_FAULT_NOWAIT\", \"argument\": \"_Bool\"}"));
    }

    @Test
    void whatMainlineHasTheSameDoesNotCollide() throws IOException {
        assertEquals(List.of(), collisions("KVM_EXIT_MEMORY_FAULT", 39, ""));
    }

    private static List<String> collisions(String name, long value, String ioctl) throws IOException {
        Snapshot proposal = SnapshotJson.read("""
            {"headerSet": "p", "architecture": "x86_64", "headers": [], "records": [], "constants": [
              {"name": "%s", "header": "p.h", "value": %d, "type": "unsigned long"}
            ], "ioctls": [%s], "unavailableIoctls": []}
            """.formatted(name, value, ioctl), "p.json");
        return ProposalCollisions.of(proposal, MAINLINE).collisions().stream()
                .map(ProposalCollisions.Collision::text)
                .toList();
    }
}
