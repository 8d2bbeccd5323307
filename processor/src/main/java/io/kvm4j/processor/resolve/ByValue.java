package io.kvm4j.processor.resolve;

import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.NearestName;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.spec.Stated;
import io.kvm4j.snapshot.Ioctl;
import java.util.Optional;

/** Checks that an ioctl which is said to take a number of an enum takes a number. */
final class ByValue {
    private ByValue() {}

    static void require(Stated<String> request, EnumScope scope, Report report) {
        Optional<Ioctl> ioctl = scope.ioctls().stream()
                .filter(i -> i.name().equals(request.value()))
                .findFirst();
        if (ioctl.isEmpty()) {
            report.add(
                    Code.UNKNOWN_IOCTL,
                    request.site(),
                    request.value(),
                    NearestName.hint(request.value(), scope.ioctls().stream().map(Ioctl::name)));
        } else if (ioctl.get().argument().startsWith("struct ")
                || ioctl.get().argument().startsWith("union ")) {
            report.add(
                    Code.NOT_BY_VALUE,
                    request.site(),
                    request.value(),
                    ioctl.get().argument());
        }
    }
}
