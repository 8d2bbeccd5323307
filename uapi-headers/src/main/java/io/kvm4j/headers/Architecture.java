package io.kvm4j.headers;

import io.kvm4j.headers.HeadersException.Problem;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An architecture whose headers can be read. All of them are 64-bit, little-endian but for s390x.
 *
 * @param name the name as GNU triples begin with it, for example {@code x86_64}
 * @param triple the GNU triple that clang takes as target and Debian uses as directory
 * @param debianName the name in Debian's archive, for example {@code amd64}
 * @param kernelName the name in the kernel's tree, which {@code make ARCH=…} takes, for example {@code x86}
 */
public record Architecture(String name, String triple, String debianName, String kernelName) {

    /** All architectures. */
    public static final List<Architecture> ALL = List.of(
            new Architecture("x86_64", "x86_64-linux-gnu", "amd64", "x86"),
            new Architecture("aarch64", "aarch64-linux-gnu", "arm64", "arm64"),
            new Architecture("riscv64", "riscv64-linux-gnu", "riscv64", "riscv"),
            new Architecture("s390x", "s390x-linux-gnu", "s390x", "s390"),
            new Architecture("powerpc64le", "powerpc64le-linux-gnu", "ppc64el", "powerpc"),
            new Architecture("mips64el", "mips64el-linux-gnuabi64", "mips64el", "mips"),
            new Architecture("loongarch64", "loongarch64-linux-gnu", "loong64", "loongarch"));

    /** The architectures that the bindings are made for; of the others there is data only. */
    public static final List<Architecture> BOUND = ALL.subList(0, 3);

    /**
     * The architectures that snapshots can be made of. loongarch64 is missing: it needs a libclang newer than 14, and
     * none of those can read linux/kvm.h.
     */
    public static final List<Architecture> READABLE = ALL.subList(0, 6);

    /**
     * Finds an architecture by its name.
     *
     * @throws HeadersException with {@link Problem#UNKNOWN_ARCHITECTURE}
     */
    public static Architecture of(String name) {
        return ALL.stream()
                .filter(architecture -> architecture.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new HeadersException(
                        Problem.UNKNOWN_ARCHITECTURE,
                        "unknown architecture '" + name + "'; known are "
                                + ALL.stream().map(Architecture::name).collect(Collectors.joining(", "))));
    }
}
