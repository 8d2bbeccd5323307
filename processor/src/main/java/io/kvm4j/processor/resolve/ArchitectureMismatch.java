package io.kvm4j.processor.resolve;

import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.diagnostics.Site;
import io.kvm4j.processor.spec.Stated;
import io.kvm4j.snapshot.Snapshot;
import java.util.function.Predicate;

/** Tells a name that only the headers of other architectures have from one that no headers have. */
final class ArchitectureMismatch {
    private ArchitectureMismatch() {}

    /**
     * Reports that a spec names what its architecture lacks, or what is no neutral declaration, if other headers have it.
     *
     * @param kind what the name is of, for the message
     * @param name the name
     * @param declares tells whether headers declare it
     * @param bindings the bindings as the spec sees them
     * @return whether it was reported; if not, no headers have it
     */
    static boolean report(
            String kind, Stated<String> name, Predicate<Snapshot> declares, Bindings bindings, Report report) {
        String having = bindings.architecturesWith(declares);
        if (!having.isEmpty()) {
            report(kind + " " + name.value(), name.site(), having, bindings, report);
        }
        return !having.isEmpty();
    }

    /** Reports that a spec uses, at {@code site}, what belongs to the architectures that {@code having} lists. */
    static void report(String what, Site site, String having, Bindings bindings, Report report) {
        String viewer = bindings.architecture();
        String lacking = viewer.isEmpty() ? "the same on every architecture" : "declared for " + viewer;
        report.add(Code.ARCHITECTURE_MISMATCH, site, what, lacking, having);
    }
}
