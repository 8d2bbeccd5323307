/** The ABI snapshot: its model, and reading and writing its JSON. */
module io.kvm4j.snapshot {
    requires static org.jspecify;
    requires com.fasterxml.jackson.core;

    exports io.kvm4j.snapshot;
}
