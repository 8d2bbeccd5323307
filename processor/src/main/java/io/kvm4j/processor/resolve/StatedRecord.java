package io.kvm4j.processor.resolve;

import io.kvm4j.headers.snapshot.RecordType;
import io.kvm4j.headers.snapshot.Snapshot;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.NearestName;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.spec.Stated;
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
}
