package io.kvm4j.headers.extraction;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.headers.program.IoReason;
import io.kvm4j.headers.sets.Proposal;
import io.kvm4j.snapshot.Header;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * User space headers of a kernel, for one architecture.
 *
 * @param include the directory that holds {@code linux/} and {@code asm-generic/}
 * @param asm the directory that {@code <asm/…>} stands for
 * @param root the directory that was searched; no header is taken from outside it, whatever links lead there
 */
public record HeaderTree(Path include, Path asm, Path root) {
    private static final Pattern GUARD =
            Pattern.compile("#\\s*ifndef\\s+\\w*_(X86|ARM|RISCV|S390|POWERPC|MIPS|LOONGARCH)_\\w*");

    /**
     * Finds the headers in a directory as {@code make headers_install} makes it ({@code include/linux},
     * {@code include/asm}) or as Debian's linux-libc-dev unpacks ({@code usr/include/<triple>/asm}); the directory may
     * also be the include directory itself, or hold a tree of the architecture's own in a directory of its name.
     *
     * @throws HeadersException with {@link Problem#HEADERS_MISSING} if the directory holds no headers, or none for the
     *     architecture; the machine's own headers never stand in
     */
    public static HeaderTree find(Path directory, Architecture architecture) {
        Path include = includeDirectory(directory.resolve(architecture.name()))
                .or(() -> includeDirectory(directory))
                .orElseThrow(() -> missing(
                        "no kernel headers in " + directory + ": there is no " + directory.resolve("include/linux")));
        Path ofTriple = include.resolve(architecture.triple()).resolve("asm");
        Path asm = Files.isDirectory(ofTriple) || hasTriples(include) ? ofTriple : include.resolve("asm");
        if (!Files.isDirectory(asm)) {
            throw missing("no " + architecture.name() + " headers in " + directory + ": there is no directory " + asm);
        }
        HeaderTree tree = new HeaderTree(include, asm, directory);
        String kernelName = tree.kernelName().orElse(architecture.kernelName());
        if (!kernelName.equals(architecture.kernelName())) {
            throw missing("no " + architecture.name() + " headers in " + directory + ": those in " + asm
                    + " are for the kernel's " + kernelName);
        }
        return tree;
    }

    /**
     * The architectures that a directory has headers for, as far as the headers tell: an asm directory without kvm.h could
     * belong to any.
     *
     * @param candidates the architectures to look for
     */
    public static List<Architecture> architectures(Path directory, List<Architecture> candidates) {
        return candidates.stream()
                .filter(architecture -> isFor(directory, architecture))
                .toList();
    }

    private static boolean isFor(Path directory, Architecture architecture) {
        try {
            return find(directory, architecture).kernelName().isPresent();
        } catch (HeadersException e) {
            return false;
        }
    }

    private static Optional<Path> includeDirectory(Path directory) {
        return Stream.of(directory.resolve("usr/include"), directory.resolve("include"), directory)
                .filter(candidate -> Files.isDirectory(candidate.resolve("linux")))
                .findFirst();
    }

    /** The kernel's name of the architecture that asm/kvm.h is for, which its include guard holds. */
    private Optional<String> kernelName() {
        Path header = asm.resolve("kvm.h");
        if (!Files.isRegularFile(header)) {
            return Optional.empty();
        }
        try {
            Matcher guard = GUARD.matcher(Files.readString(header, StandardCharsets.ISO_8859_1));
            return guard.find()
                    ? Optional.of(guard.group(1).toLowerCase(Locale.ROOT))
                            .map(name -> name.equals("arm") ? "arm64" : name)
                    : Optional.empty();
        } catch (IOException e) {
            throw unreadable(header, e);
        }
    }

    private static HeadersException unreadable(Path file, IOException cause) {
        return new HeadersException(Problem.ENVIRONMENT, "cannot read " + file + ": " + IoReason.of(cause), cause);
    }

    /** Whether this is laid out as Debian does it, where a plain asm directory would belong to nobody knows whom. */
    private static boolean hasTriples(Path include) {
        return Architecture.ALL.stream()
                .anyMatch(architecture -> Files.isDirectory(include.resolve(architecture.triple())));
    }

    private static HeadersException missing(String cause) {
        return new HeadersException(
                Problem.HEADERS_MISSING,
                cause
                        + "; make the tree with 'make headers_install ARCH=… INSTALL_HDR_PATH=…' or unpack"
                        + " linux-libc-dev");
    }

    /** The file that {@code #include <path>} would take. */
    Path resolve(String path) {
        return path.startsWith("asm/") ? asm.resolve(path.substring("asm/".length())) : include.resolve(path);
    }

    /** Whether the tree, or a proposal on top of it, has a header; a link that leads nowhere is none. */
    public boolean has(String path) {
        return Proposal.isHeader(path) || (HeaderPath.isValid(path) && Files.isRegularFile(resolve(path)));
    }

    /** Reads a header's bytes. */
    byte[] read(String path) {
        HeaderPath.check(path);
        if (!has(path)) {
            throw missing("no header " + path + ": there is no file " + resolve(path));
        }
        try {
            return Proposal.isHeader(path) ? Proposal.read(path) : readFile(path);
        } catch (IOException e) {
            throw unreadable(resolve(path), e);
        }
    }

    private byte[] readFile(String path) throws IOException {
        Path file = resolve(path).toRealPath();
        if (!file.startsWith(root.toRealPath())) {
            throw new HeadersException(
                    Problem.HEADERS_MISSING,
                    "header " + path + " is a link that leads out of " + root + ", to " + file
                            + "; put a copy of the file in its place");
        }
        return Files.readAllBytes(file);
    }

    /**
     * A header with its digest.
     *
     * @throws HeadersException with {@link Problem#HEADERS_MISSING} if the tree does not have it
     */
    public Header digest(String path) {
        return digest(path, read(path));
    }

    static Header digest(String path, byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return new Header(path, HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
