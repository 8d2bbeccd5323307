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
 * @param directory the host's directory that it runs in
 * @param files copied into the host, by the path there without a leading slash
 */
public record Job(List<String> command, String directory, Map<String, Path> files) {
    private static final String TEMPORARY = "/tmp";

    public Job {
        command = List.copyOf(command);
        files = new LinkedHashMap<>(files);
    }

    /** A job in the host's {@code /tmp}. */
    public Job(List<String> command, Map<String, Path> files) {
        this(command, TEMPORARY, files);
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
            archive.file("job/command", bytes("cd %s && exec %s\n".formatted(directory, quoted(command))));
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

    /** The same in another directory. */
    public Job in(String other) {
        return new Job(command, other, files);
    }

    /** The same with more words at the end of the command. */
    public Job with(List<String> words) {
        List<String> longer = new ArrayList<>(command);
        longer.addAll(words);
        return new Job(longer, directory, files);
    }

    /** The same with more files. */
    public Job withFiles(Map<String, Path> more) {
        Map<String, Path> all = new LinkedHashMap<>(files);
        all.putAll(more);
        return new Job(command, directory, all);
    }
}
