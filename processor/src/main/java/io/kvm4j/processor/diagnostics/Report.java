package io.kvm4j.processor.diagnostics;

import java.util.ArrayList;
import java.util.List;
import javax.annotation.processing.Messager;
import javax.tools.Diagnostic.Kind;

/** Collects what is wrong with the specs of a round. Not thread-safe; a compilation has one thread. */
public final class Report {
    private final List<Diagnostic> diagnostics = new ArrayList<>();
    private int errors;

    /** Adds a diagnostic; {@code arguments} are those of the code's message. */
    public void add(Code code, Site site, Object... arguments) {
        diagnostics.add(new Diagnostic(code, site, code.message(arguments)));
        if (code.kind() == Kind.ERROR) {
            errors++;
        }
    }

    /** The number of errors so far: a spec that adds none may be written. */
    public int errors() {
        return errors;
    }

    /** Prints all diagnostics and forgets them. */
    public void printTo(Messager messager) {
        for (Diagnostic d : diagnostics) {
            Site site = d.site();
            messager.printMessage(d.code().kind(), d.message(), site.element(), site.annotation(), site.value());
        }
        diagnostics.clear();
    }
}
