/** The {@code kvm4j} command line. */
module io.kvm4j.cli {
    requires static org.jspecify;
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires io.kvm4j.examples;
    requires io.kvm4j.headers;
    requires me.tongfei.progressbar;

    opens io.kvm4j.cli to
            info.picocli;
    opens io.kvm4j.cli.coverage to
            info.picocli;
    opens io.kvm4j.cli.guests to
            info.picocli;
    opens io.kvm4j.cli.info to
            info.picocli;
    opens io.kvm4j.cli.options to
            info.picocli;
    opens io.kvm4j.cli.paging to
            info.picocli;
    opens io.kvm4j.cli.postcopy to
            info.picocli;
}
