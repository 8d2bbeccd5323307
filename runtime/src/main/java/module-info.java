/** VMs, vCPUs and guest memory over the bindings. */
module io.kvm4j.runtime {
    requires static com.google.errorprone.annotations;
    requires static org.jspecify;
    requires transitive io.kvm4j.bindings;
    requires jdk.net;

    exports io.kvm4j;
    exports io.kvm4j.channel;
    exports io.kvm4j.coalesced;
    exports io.kvm4j.cpuid;
    exports io.kvm4j.debug;
    exports io.kvm4j.dirty;
    exports io.kvm4j.events;
    exports io.kvm4j.fault;
    exports io.kvm4j.interrupts;
    exports io.kvm4j.migration;
    exports io.kvm4j.pages;
    exports io.kvm4j.state;
    exports io.kvm4j.stats;
}
