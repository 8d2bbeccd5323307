package io.kvm4j.processor.resolve;

import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.diagnostics.Site;
import io.kvm4j.processor.model.JavaLang;
import io.kvm4j.processor.spec.Stated;

/** Checks the names that specs give to types. */
final class TypeNames {
    private TypeNames() {}

    /** Reports a name that would hide a type of {@code java.lang}. */
    static void require(Stated<String> name, Report report) {
        require(name.value(), name.site(), report);
    }

    /** Does what {@link #require(Stated, Report)} does. */
    static void require(String name, Site site, Report report) {
        if (JavaLang.isHiddenBy(name)) {
            report.add(Code.HIDES_JAVA_LANG, site, name);
        }
    }
}
