package io.kvm4j.testbed.image;

import io.kvm4j.testbed.cpio.CpioWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a host is to do: a command, and the files that it needs beyond those that every host has.
 *
 * @param command the program and its arguments
 * @param files copied into the host, by the path there without a leading slash
 */
public record Job(List<String> command, Map<String, Path> files) {
    public Job {
        command = List.copyOf(command);
        files = new LinkedHashMap<>(files);
    }

    /**
     * Packs it.
     *
     * @param out closed after
     * @param end the text that ends the streams
     * @param lifetime after which the host powers off by itself
     */
    public void write(OutputStream out, String end, Duration lifetime) throws IOException {
        try (CpioWriter archive = new CpioWriter(out)) {
            for (Map.Entry<String, Path> file : files.entrySet()) {
                archive.copy(file.getKey(), file.getValue());
            }
            archive.file("job/command", bytes("exec " + quoted(command) + "\n"));
            archive.file("job/settings", bytes("end=%s\nlifetime=%d\n".formatted(end, lifetime.toSeconds())));
            archive.directory("etc");
        }
    }

    private static String quoted(List<String> words) {
        return words.stream()
                .map(word -> "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The same with more words at the end of the command. */
    public Job with(List<String> words) {
        List<String> longer = new ArrayList<>(command);
        longer.addAll(words);
        return new Job(longer, files);
    }

    /** The same with more files. */
    public Job withFiles(Map<String, Path> more) {
        Map<String, Path> all = new LinkedHashMap<>(files);
        all.putAll(more);
        return new Job(command, all);
    }
}
