package io.kvm4j.headers.oracle;

import io.kvm4j.headers.oracle.MacroCensus.Excuses;
import io.kvm4j.snapshot.Header;
import io.kvm4j.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Asks gcc about everything that a snapshot says, and collects what gcc sees differently. */
final class Oracle {
    private final Snapshot snapshot;
    private final CCompiler compiler;
    private final String includes;

    Oracle(Snapshot snapshot, CCompiler compiler) {
        this.snapshot = snapshot;
        this.compiler = compiler;
        this.includes = snapshot.headers().stream()
                .map(Header::path)
                .filter(path -> !path.startsWith("asm/"))
                .map(path -> "#include <" + path + ">\n")
                .collect(Collectors.joining());
    }

    /**
     * Everything in the snapshot that is not as gcc sees it, one line each.
     *
     * @param prefixes the prefixes of the macros that the snapshot has to hold
     */
    List<String> complaints(List<String> prefixes, Excuses excuses) {
        List<String> complaints = new ArrayList<>();
        CCompiler.Outcome probe = compiler.check(includes + new AssertionProbe(snapshot).source());
        probe.output().lines().filter(line -> line.contains("error: ")).forEach(complaints::add);
        if (probe.status() != 0 && complaints.isEmpty()) {
            complaints.add("gcc ended with status " + probe.status() + ": " + probe.output());
        }
        complaints.addAll(new BitFieldProbe(snapshot).complaints(includes, compiler));
        complaints.addAll(new MemberCensus(snapshot, compiler, includes).complaints());
        complaints.addAll(census(prefixes).complaints(excuses));
        return complaints;
    }

    MacroCensus census(List<String> prefixes) {
        return new MacroCensus(snapshot, compiler, includes, prefixes);
    }
}
