package io.kvm4j.testbed.cpio;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Writes an archive in the "newc" form. Owner and time of all entries are 0, and directories are sorted, so that the
 * same files give the same bytes. Directories on the way to an entry are added by themselves. Not for use by several
 * threads at once.
 */
public final class CpioWriter implements Closeable {
    private static final int DIRECTORY = 0040755;
    private static final int PLAIN_FILE = 0100644;
    private static final int PROGRAM = 0100755;
    private static final int LINK = 0120777;
    private static final int ALIGNMENT = 4;
    /** The kernel takes the next archive from a multiple of this on. */
    private static final int BLOCK = 512;

    private final OutputStream out;
    private final Set<String> directories = new HashSet<>();
    private long written;
    private int inode;

    /** Writes to a stream, which {@link #close} closes. */
    public CpioWriter(OutputStream out) {
        this.out = out;
    }

    /** Adds a directory, unless it is there. */
    public void directory(String name) throws IOException {
        if (!name.isEmpty() && directories.add(name)) {
            parents(name);
            entry(name, DIRECTORY, new byte[0]);
        }
    }

    /** Adds a file that is no program. */
    public void file(String name, byte[] content) throws IOException {
        parents(name);
        entry(name, PLAIN_FILE, content);
    }

    /** Adds a file that can be executed. */
    public void program(String name, byte[] content) throws IOException {
        parents(name);
        entry(name, PROGRAM, content);
    }

    /** Adds a symbolic link. */
    public void link(String name, String target) throws IOException {
        parents(name);
        entry(name, LINK, target.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a file, or a directory with all that is in it, following links; what can be executed stays so. */
    public void copy(String name, Path source) throws IOException {
        if (!Files.isDirectory(source)) {
            parents(name);
            entry(name, Files.isExecutable(source) ? PROGRAM : PLAIN_FILE, Files.readAllBytes(source));
            return;
        }
        directory(name);
        List<Path> children;
        try (Stream<Path> listing = Files.list(source)) {
            children = listing.sorted().toList();
        }
        for (Path child : children) {
            copy(name + "/" + child.getFileName(), child);
        }
    }

    private void parents(String name) throws IOException {
        int slash = name.lastIndexOf('/');
        if (slash > 0) {
            directory(name.substring(0, slash));
        }
    }

    private void entry(String name, int mode, byte[] content) throws IOException {
        byte[] nameBytes = (name + "\0").getBytes(StandardCharsets.UTF_8);
        int links = mode == DIRECTORY ? 2 : 1;
        int[] fields = {++inode, mode, 0, 0, links, 0, content.length, 0, 0, 0, 0, nameBytes.length, 0};
        StringBuilder header = new StringBuilder("070701");
        for (int field : fields) {
            header.append("%08X".formatted(field));
        }
        write(header.toString().getBytes(StandardCharsets.US_ASCII));
        write(nameBytes);
        pad(ALIGNMENT);
        write(content);
        pad(ALIGNMENT);
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        written += bytes.length;
    }

    private void pad(int alignment) throws IOException {
        write(new byte[Math.floorMod(-written, alignment)]);
    }

    /** Ends the archive, so that another can follow, and closes the stream. */
    @Override
    public void close() throws IOException {
        try (out) {
            inode = -1;
            entry("TRAILER!!!", 0, new byte[0]);
            pad(BLOCK);
        }
    }
}
