package io.kvm4j.processor.resolve;

import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.NearestName;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.model.Descriptor;
import io.kvm4j.processor.spec.Stated;
import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.Snapshot;
import java.util.Optional;

/** Finds capabilities by their names. */
final class Capabilities {
    private final Snapshot snapshot;
    private final Report report;

    Capabilities(Snapshot snapshot, Report report) {
        this.snapshot = snapshot;
        this.report = report;
    }

    /** The capability that a spec names; reports it if there is none. */
    Optional<Descriptor.Capability> find(Stated<String> stated) {
        Optional<Descriptor.Capability> capability = find(stated.value());
        if (capability.isEmpty()) {
            report.add(
                    Code.UNKNOWN_CAPABILITY,
                    stated.site(),
                    stated.value(),
                    NearestName.hint(
                            stated.value(), snapshot.constants().stream().map(Constant::name)));
        }
        return capability;
    }

    /** A capability that a header's comment names, if there is such a one. */
    Optional<Descriptor.Capability> find(String name) {
        return snapshot.constant(name)
                .map(c -> new Descriptor.Capability(name, c.value().intValue()));
    }
}
