package io.kvm4j.snapshot;

import java.util.List;

/**
 * An ioctl request macro; its number is the constant of the same name.
 *
 * @param name the C name of the request macro
 * @param argument the C type that the macro names, for example {@code struct kvm_regs} or {@code __u64}; empty for
 *     {@code _IO} macros, which name none
 * @param capabilities the capabilities that the header's "Available with" comment names for it, in its order
 */
public record Ioctl(String name, String argument, List<String> capabilities) {
    public Ioctl {
        capabilities = List.copyOf(capabilities);
    }

    /** Whether the request macro names the type of its argument. */
    public boolean namesArgument() {
        return !argument.isEmpty();
    }
}
