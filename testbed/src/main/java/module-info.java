/** Real KVM on any machine: kernels that run under QEMU's emulation, with kvm4j inside. */
module io.kvm4j.testbed {
    requires static org.jspecify;
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires io.kvm4j.headers;
    requires java.xml;

    opens io.kvm4j.testbed.cli to
            info.picocli;
}
