package io.kvm4j.testbed;

import io.kvm4j.testbed.Host.NamedCapability;
import java.util.List;
import java.util.stream.Collectors;

/** The hosts that there are. One for another architecture is one more entry here, with a {@link Machine} of its own. */
public final class Hosts {
    /**
     * An AMD processor with SVM and nested paging, by software alone.
     *
     * <p>QEMU 7.2 is not to be trusted with it. docs/testbed.md says what was seen.
     */
    private static final Machine AMD = new Machine(
            "amd64",
            "x86_64",
            "arch/x86/boot/bzImage",
            "qemu-system-x86_64",
            "qemu-system-x86",
            10,
            List.of("qemu-system-data", "seabios"),
            List.of("-cpu", "EPYC,+svm,+npt", "-machine", "q35"),
            "ttyS0",
            // All processors read the emulator's one clock; Linux 6.1 takes AMD's for unsynchronized if there are
            // several.
            List.of("tsc=reliable"),
            List.of("virtio_pci", "virtio_console", "kvm_amd"),
            List.of("-XX:-TieredCompilation"));

    private static final List<NamedCapability> MEMORY_FAULTS = List.of(
            new NamedCapability(231, "KVM_CAP_USER_MEMORY2"),
            new NamedCapability(232, "KVM_CAP_MEMORY_FAULT_INFO"),
            new NamedCapability(234, "KVM_CAP_GUEST_MEMFD"),
            new NamedCapability(236, "KVM_CAP_PRE_FAULT_MEMORY"));

    private static final List<Host> ALL = List.of(
            new Host(
                    "mainline",
                    "the newest kernel of the Debian archive, unmodified",
                    new Kernel.Packaged(
                            "sid", "linux-image-cloud-amd64", "linux-(image|binary|modules)-[0-9].*-cloud-amd64"),
                    AMD,
                    MEMORY_FAULTS),
            new Host(
                    "stable",
                    "the kernel of Debian 13, unmodified",
                    new Kernel.Packaged(
                            "trixie", "linux-image-cloud-amd64", "linux-(image|binary|modules)-[0-9].*-cloud-amd64"),
                    AMD,
                    MEMORY_FAULTS),
            new Host(
                    "nowait",
                    "Linux 6.1 with memory faults that exit instead of waiting (memory-fault-nowait-v2), built here",
                    new Kernel.Patched(
                            "bookworm", "linux-source-6.1", List.of("memory-fault-nowait-v2.patch"), "nowait.config"),
                    AMD,
                    List.of(
                            new NamedCapability(227, "KVM_CAP_X86_MEMORY_FAULT_EXIT"),
                            new NamedCapability(228, "KVM_CAP_MEMORY_FAULT_NOWAIT"))));

    private Hosts() {}

    /** All of them, in the order in which they are listed. */
    public static List<Host> all() {
        return ALL;
    }

    /**
     * The host of a name.
     *
     * @throws TestbedException if there is none
     */
    public static Host named(String name) {
        return ALL.stream()
                .filter(host -> host.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new TestbedException("no host is called " + name + ": there are "
                        + ALL.stream().map(Host::name).collect(Collectors.joining(", "))));
    }

    /** Those of the names, once each, or all of them if none is named. */
    public static List<Host> namedOrAll(List<String> names) {
        return names.isEmpty()
                ? ALL
                : names.stream().map(Hosts::named).distinct().toList();
    }
}
