package io.kvm4j.processor.resolve;

import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.NearestName;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.spec.Stated;
import io.kvm4j.snapshot.RecordType;
import io.kvm4j.snapshot.Snapshot;
import java.util.Optional;

/** Finds the struct or union that a spec names. */
final class StatedRecord {
    private StatedRecord() {}

    /** The record of the headers, or nothing if it was reported that there is none. */
    static Optional<RecordType> find(Stated<String> name, Snapshot snapshot, Report report) {
        Optional<RecordType> record = snapshot.record(name.value());
        if (record.isEmpty()) {
            report.add(
                    Code.UNKNOWN_RECORD,
                    name.site(),
                    name.value(),
                    NearestName.hint(name.value(), snapshot.records().stream().map(RecordType::name)));
        }
        return record;
    }

    /**
     * Does the same, but tells apart a record that packages of other architectures generate, and one that the headers
     * declare yet no package generates.
     */
    static Optional<RecordType> find(Stated<String> name, Snapshot snapshot, Bindings bindings, Report report) {
        Optional<RecordType> record = snapshot.record(name.value());
        Optional<String> declared = bindings.recordNamed(name.value()).map(RecordType::cType);
        String architectures = bindings.architecturesOfView(name.value());
        if (record.isEmpty() && !architectures.isEmpty()) {
            ArchitectureMismatch.report(declared.orElse(name.value()), name.site(), architectures, bindings, report);
            return Optional.empty();
        }
        if (record.isEmpty() && declared.isPresent()) {
            report.add(Code.RECORD_NOT_HERE, name.site(), declared.get());
            return Optional.empty();
        }
        return find(name, snapshot, report);
    }
}
