package io.kvm4j.testbed.machine;

import io.kvm4j.headers.program.IoReason;
import io.kvm4j.headers.program.OutputFile;
import io.kvm4j.headers.program.Printable;
import io.kvm4j.testbed.TestbedException;
import io.kvm4j.testbed.cpio.CpioReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a job left behind.
 *
 * @param status the exit status of its command, as a shell sees it
 * @param files what it wrote to /results, by name
 */
public record Results(int status, Map<String, byte[]> files) {
    private static final int STATUS_DIGITS = 8;

    public Results {
        files = new LinkedHashMap<>(files);
    }

    /**
     * Reads the channel.
     *
     * @throws IOException if the host ended before it had said all
     */
    static Results read(InputStream in) throws IOException {
        byte[] status = in.readNBytes(STATUS_DIGITS);
        if (status.length < STATUS_DIGITS) {
            throw new EOFException("no status");
        }
        return new Results(
                Integer.parseInt(new String(status, StandardCharsets.US_ASCII)), new CpioReader(in).readFiles());
    }

    /**
     * Writes the files into a directory, which is made if it is missing.
     *
     * @throws TestbedException if a file would lie outside of it, or cannot be written
     */
    public void writeTo(Path directory) {
        Path root = directory.toAbsolutePath().normalize();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path target = root.resolve(file.getKey()).normalize();
            if (!target.startsWith(root) || target.equals(root)) {
                throw new TestbedException("the host left a file called '%s', which lies outside of %s"
                        .formatted(Printable.line(file.getKey()), directory));
            }
            try {
                Files.createDirectories(target.getParent());
            } catch (IOException e) {
                throw new TestbedException("cannot write " + target + ": " + IoReason.of(e), e);
            }
            try {
                OutputFile.write(target, file.getValue());
            } catch (IOException e) {
                throw new TestbedException(String.valueOf(e.getMessage()), e);
            }
        }
    }

    /** The report that a JVM wrote when it crashed, if one did. */
    Optional<String> crashReport() {
        return files.entrySet().stream()
                .filter(file -> file.getKey().startsWith("hs_err"))
                .map(file -> new String(file.getValue(), StandardCharsets.UTF_8))
                .findFirst();
    }
}
