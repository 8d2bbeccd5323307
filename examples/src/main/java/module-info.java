/** Small VMMs and the {@code kvm4j} command line. */
module io.kvm4j.examples {
    requires static org.jspecify;
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires io.kvm4j.headers;
    requires transitive io.kvm4j.runtime;
    requires me.tongfei.progressbar;

    exports io.kvm4j.examples;
    exports io.kvm4j.examples.paging;

    opens io.kvm4j.examples.cli to
            info.picocli;
}
