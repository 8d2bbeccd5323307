package io.kvm4j.testbed;

import java.util.List;

/**
 * A machine with KVM that can be booted anywhere.
 *
 * @param name what the command line calls it
 * @param description what it is, in one line
 * @param kernel where its kernel comes from
 * @param machine the machine that the kernel boots on
 * @param capabilities those that set it apart
 */
public record Host(
        String name, String description, Kernel kernel, Machine machine, List<NamedCapability> capabilities) {
    public Host {
        capabilities = List.copyOf(capabilities);
    }

    /**
     * A KVM capability as this host's kernel means it: a proposal's number means something else on mainline.
     *
     * @param number as KVM_CHECK_EXTENSION takes it
     * @param name the macro in this kernel's headers
     */
    public record NamedCapability(int number, String name) {}
}
