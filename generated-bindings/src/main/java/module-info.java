/** Typed bindings for the KVM and userfaultfd uapi. */
@SuppressWarnings("module") // the runtime is compiled later
module io.kvm4j.bindings {
    requires static io.kvm4j.processor;
    requires static java.compiler;
    requires static org.jspecify;

    exports io.kvm4j.libc to
            io.kvm4j.runtime;
    exports io.kvm4j.uapi;
    exports io.kvm4j.uapi.aarch64;
    exports io.kvm4j.uapi.proposals.exit_on_missing_v7;
    exports io.kvm4j.uapi.proposals.memory_fault_nowait_v2;
    exports io.kvm4j.uapi.proposals.userfault_v3;
    exports io.kvm4j.uapi.riscv64;
    exports io.kvm4j.uapi.userfaultfd;
    exports io.kvm4j.uapi.x86_64;
}
