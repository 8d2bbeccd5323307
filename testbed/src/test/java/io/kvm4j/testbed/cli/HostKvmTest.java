package io.kvm4j.testbed.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kvm4j.testbed.Hosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostKvmTest {
    @TempDir
    private Path directory;

    @Test
    void aProposalsNumbersHaveItsNames() throws IOException {
        Path answer = Files.writeString(directory.resolve("info.json"), """
            {"kernel": "6.1.1", "apiVersion": 12, "capabilities": [
              {"name": "KVM_CAP_COUNTER_OFFSET", "number": 227, "host": 1, "vm": 1},
              {"name": "KVM_CAP_HLT", "number": 1, "host": 1, "vm": 1}]}
            """);
        assertEquals(
                List.of(
                        "Linux 6.1.1, KVM API 12",
                        "KVM_CAP_X86_MEMORY_FAULT_EXIT (227) 1",
                        "KVM_CAP_MEMORY_FAULT_NOWAIT   (228) 0"),
                HostKvm.read(answer).toLines(Hosts.named("nowait")));
    }
}
