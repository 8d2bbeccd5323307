/** Small VMMs, each one file. */
module io.kvm4j.examples {
    requires static org.jspecify;
    requires transitive io.kvm4j.runtime;

    exports io.kvm4j.examples;
    exports io.kvm4j.examples.paging;
}
