package io.kvm4j.processor;

import io.kvm4j.processor.spec.EnumSpec;
import io.kvm4j.processor.spec.ExitsSpec;
import io.kvm4j.processor.spec.GroupSpec;
import io.kvm4j.processor.spec.PlainSpec;
import io.kvm4j.processor.spec.Specs;
import io.kvm4j.processor.spec.Stated;
import io.kvm4j.snapshot.SpecClaims;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.stream.Stream;
import javax.annotation.processing.Filer;
import javax.annotation.processing.FilerException;
import javax.lang.model.element.Element;
import javax.tools.StandardLocation;

/** Writes what specs claim beside the snapshots that bindings carry, for {@code kvm4j uapi diff}. */
final class ClaimsFile {
    private ClaimsFile() {}

    /** Writes the claims of specs that have packages: others add to bindings, and are no bindings. */
    static void write(Specs specs, Filer filer) {
        Element[] origins = specs.packages().stream().map(p -> p.element()).toArray(Element[]::new);
        if (origins.length == 0) {
            return;
        }
        try (Writer writer = filer.createResource(StandardLocation.CLASS_OUTPUT, "", SpecClaims.RESOURCE, origins)
                .openWriter()) {
            writer.write(claims(specs).toText());
        } catch (FilerException e) {
            // An earlier round has written the claims of its specs.
            return;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + SpecClaims.RESOURCE, e);
        }
    }

    private static SpecClaims claims(Specs specs) {
        List<GroupSpec> groups = Stream.concat(
                        specs.enums().stream().map(EnumSpec::group),
                        specs.exits().stream().map(ExitsSpec::reasons))
                .toList();
        List<PlainSpec.Group> plain =
                specs.plain().stream().flatMap(p -> p.groups().stream()).toList();
        return SpecClaims.of(
                Stream.concat(
                                specs.descriptors().stream()
                                        .flatMap(d -> d.ioctls().stream())
                                        .map(i -> i.request().value()),
                                specs.packages().stream()
                                        .flatMap(p -> p.unclaimed().stream())
                                        .flatMap(e -> values(e.requests())))
                        .toList(),
                Stream.concat(
                                groups.stream().map(g -> g.prefix().value()),
                                plain.stream().flatMap(g -> values(g.prefixes())))
                        .toList(),
                Stream.of(
                                groups.stream().flatMap(g -> Stream.concat(values(g.macros()), values(g.except()))),
                                plain.stream().flatMap(g -> values(g.constants())),
                                specs.exits().stream()
                                        .flatMap(e -> e.exits().stream())
                                        .map(e -> e.reason().value()))
                        .flatMap(names -> names)
                        .toList());
    }

    private static Stream<String> values(List<Stated<String>> names) {
        return names.stream().map(Stated::value);
    }
}
