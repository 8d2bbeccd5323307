package io.kvm4j.testbed.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectTest {
    @TempDir
    private Path directory;

    @Test
    void aProgramOfTheUsersRunsInTheDirectoryThatComesBack() throws IOException {
        Files.writeString(directory.resolve("Main.class"), "bytes of a class");
        Job job = new Project(List.of()).program(directory, List.of("my.Main", "an argument"));
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        job.write(packed, "end", Duration.ofSeconds(1));
        String archive = packed.toString(StandardCharsets.ISO_8859_1);
        assertTrue(
                archive.contains(
                        "cd /results && exec '/java/bin/java' '-Dstdout.encoding=UTF-8' '-Dstderr.encoding=UTF-8'"
                                + " '--enable-native-access=ALL-UNNAMED' '--class-path' '/app:/app/*:/kvm4j/modules/*'"
                                + " 'my.Main' 'an argument'\n"),
                archive);
        assertTrue(archive.contains("app/Main.class"), archive);
        assertEquals("/results", job.directory());
    }

    @Test
    void otherJobsRunInATemporaryDirectory() {
        assertEquals("/tmp", new Project(List.of()).command(List.of("demo")).directory());
    }
}
