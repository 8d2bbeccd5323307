package io.kvm4j.processor.resolve;

import io.kvm4j.processor.completion.Provenance;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.spec.GroupSpec;
import io.kvm4j.snapshot.Constant;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Leaves out of a group what cannot be in it beside the others, if the group's author could not know: a macro that only
 * the headers at hand have, such as a mask or an alias, or one that they lack and whose number they use for another.
 */
enum ForeignMacros {
    /** Macros that are numbers. */
    NUMBERS {
        @Override
        Optional<String> clash(Constant macro, Constant other) {
            return macro.value().equals(other.value())
                    ? Optional.of(other.name() + " has the same number")
                    : Optional.empty();
        }
    },

    /** Macros that are bits. */
    BITS {
        @Override
        Optional<String> clash(Constant macro, Constant other) {
            return macro.value().and(other.value()).equals(BigInteger.ZERO)
                    ? Optional.empty()
                    : Optional.of(other.name() + " has some of the same bits");
        }
    };

    /** Why two macros cannot both be in a group, if so. */
    abstract Optional<String> clash(Constant macro, Constant other);

    /** The macros that can be in the group together; what its author knows of is left for others to check. */
    List<Constant> leaveOut(List<Constant> macros, GroupSpec spec, Provenance provenance, Report report) {
        List<Constant> admitted = new ArrayList<>();
        macros.stream().sorted(Comparator.comparing(provenance::familiarity)).forEach(macro -> {
            Optional<String> reason = provenance.familiarity(macro) == Provenance.Familiarity.KNOWN
                    ? Optional.empty()
                    : admitted.stream()
                            .flatMap(other -> clash(macro, other).stream())
                            .findFirst();
            reason.ifPresentOrElse(
                    r -> report.add(Code.LEFT_OUT, spec.prefix().site(), macro.name(), r), () -> admitted.add(macro));
        });
        return macros.stream().filter(admitted::contains).toList();
    }
}
