package io.kvm4j.processor.spec;

import io.kvm4j.processor.diagnostics.Report;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;

/**
 * All specs of a round, as values.
 *
 * @param packages the packages that declarations are generated into
 * @param plain the lists of constants that are plain numbers
 * @param enums the value enums, then the flag enums
 * @param exits the unions of exits
 * @param descriptors the interfaces of ioctls
 */
public record Specs(
        List<PackageSpec> packages,
        List<PlainSpec> plain,
        List<EnumSpec> enums,
        List<ExitsSpec> exits,
        List<DescriptorSpec> descriptors) {

    public Specs {
        packages = List.copyOf(packages);
        plain = List.copyOf(plain);
        enums = List.copyOf(enums);
        exits = List.copyOf(exits);
        descriptors = List.copyOf(descriptors);
    }

    /** Reads the specs of annotated elements. Reports and leaves out those that must be interfaces and are none. */
    public static Specs read(AnnotatedElements elements, Report report) {
        return new Specs(
                elements.with("UapiPackage")
                        .map(e -> SpecReader.readPackage((PackageElement) e))
                        .toList(),
                elements.with("PlainConstants")
                        .map(SpecReader::readPlainConstants)
                        .toList(),
                Stream.concat(
                                interfaces(elements, "ValueEnum", SpecReader::readValueEnum, report),
                                interfaces(elements, "FlagEnum", SpecReader::readFlagEnum, report))
                        .toList(),
                interfaces(elements, "Exits", SpecReader::readExits, report).toList(),
                interfaces(elements, "Ioctls", SpecReader::readDescriptor, report)
                        .toList());
    }

    private static <T> Stream<T> interfaces(
            AnnotatedElements elements, String annotation, Function<TypeElement, T> read, Report report) {
        return elements.with(annotation)
                .filter(e -> SpecReader.requireInterface(e, annotation, report))
                .map(e -> read.apply((TypeElement) e));
    }

    /** Returns the interfaces whose names decide what is generated from them. */
    public Stream<TypeElement> named() {
        return Stream.concat(
                enums.stream().map(e -> e.group().element()),
                exits.stream().map(e -> e.reasons().element()));
    }

    /** Returns the groups of constants that are said to be plain in a package. */
    public List<PlainSpec.Group> plainOf(PackageSpec spec) {
        return plain.stream()
                .filter(p -> p.packageName().equals(spec.packageName()))
                .flatMap(p -> p.groups().stream())
                .toList();
    }
}
