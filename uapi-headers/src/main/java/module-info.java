/** Header sets, the jextract run over them, and the difference of two snapshots. */
@SuppressWarnings("module") // The modules that packages are exported to are built later.
module io.kvm4j.headers {
    requires static org.jspecify;
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires transitive io.kvm4j.snapshot;
    requires java.compiler;
    requires jdk.compiler;

    exports io.kvm4j.headers;
    exports io.kvm4j.headers.cli to
            io.kvm4j.cli;
    exports io.kvm4j.headers.debian to
            io.kvm4j.testbed;
    exports io.kvm4j.headers.diff;
    exports io.kvm4j.headers.program to
            io.kvm4j.cli,
            io.kvm4j.testbed;
    exports io.kvm4j.headers.regeneration;
    exports io.kvm4j.headers.sets;

    opens io.kvm4j.headers.cli to
            info.picocli;
    opens io.kvm4j.headers.program to
            info.picocli;
}
