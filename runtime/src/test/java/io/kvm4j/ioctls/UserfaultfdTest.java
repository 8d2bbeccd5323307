package io.kvm4j.ioctls;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.posix.Descriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** Tests of the ioctls of userfaultfd, with the file that makes one open. Tagged as KVM's are, to run where they do. */
@Tag("kvm")
@Timeout(300)
abstract class UserfaultfdTest extends RecordedTest {
    final Descriptor device = open(Path.of("/dev/userfaultfd"));

    private Descriptor open(Path path) {
        assumeTrue(Files.isReadable(path) && Files.isWritable(path), path + " is not there, or not for this user");
        return closing(Descriptor.open(path));
    }
}
