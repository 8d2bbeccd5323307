package io.kvm4j.processor;

import com.google.auto.service.AutoService;
import com.palantir.javapoet.TypeSpec;
import io.kvm4j.processor.completion.Provenance;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.model.BoundHeaders;
import io.kvm4j.processor.model.EnumType;
import io.kvm4j.processor.model.ExitUnion;
import io.kvm4j.processor.resolve.Bindings;
import io.kvm4j.processor.resolve.BindingsResolver;
import io.kvm4j.processor.resolve.DescriptorResolver;
import io.kvm4j.processor.resolve.EnumsResolver;
import io.kvm4j.processor.resolve.ExitResolver;
import io.kvm4j.processor.resolve.Snapshots;
import io.kvm4j.processor.resolve.SpecNames;
import io.kvm4j.processor.resolve.TypedMethods;
import io.kvm4j.processor.resolve.UnclaimedIoctls;
import io.kvm4j.processor.spec.DescriptorSpec;
import io.kvm4j.processor.spec.ExitsSpec;
import io.kvm4j.processor.spec.PackageSpec;
import io.kvm4j.processor.spec.PlainSpec;
import io.kvm4j.processor.spec.SpecReader;
import io.kvm4j.processor.spec.Stated;
import io.kvm4j.processor.write.ConstantsWriter;
import io.kvm4j.processor.write.DecoderWriter;
import io.kvm4j.processor.write.DescriptorWriter;
import io.kvm4j.processor.write.ExitWriter;
import io.kvm4j.processor.write.FlagEnumWriter;
import io.kvm4j.processor.write.SourceFiles;
import io.kvm4j.processor.write.ValueEnumWriter;
import io.kvm4j.processor.write.ViewWriter;
import io.kvm4j.snapshot.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.annotation.processing.SupportedOptions;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;

/**
 * Generates bindings from specs and ABI snapshots. All specs of a round are read, resolved and written one by one, so
 * that a broken one stops no other; what is wrong is printed at the end of the round.
 *
 * <p>Types that a spec mentions and this processor generates need not exist yet: they are recognised by name.
 */
@AutoService(Processor.class)
@SupportedAnnotationTypes("io.kvm4j.processor.annotations.*")
@SupportedOptions({SnapshotOption.NAME, SnapshotOption.SPECS})
public final class UapiProcessor extends AbstractProcessor {
    private static final String ANNOTATIONS = "io.kvm4j.processor.annotations.";

    private final Report report = new Report();

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        SpecElements specs = new SpecElements(annotations, round);
        if (!specs.isEmpty()) {
            SnapshotOption.read(processingEnv, specs.first(), report)
                    .ifPresentOrElse(snapshots -> generate(specs, snapshots), () -> checkNames(specs));
            report.printTo(processingEnv.getMessager());
        }
        return false;
    }

    /** Reports what is wrong with specs whatever the headers are. */
    private void checkNames(SpecElements specs) {
        SpecNames names = new SpecNames(processingEnv.getElementUtils(), report);
        Stream.of("ValueEnum", "FlagEnum", "Exits")
                .flatMap(annotation -> specs.interfaces(annotation, report))
                .forEach(names::check);
        specs.interfaces("Ioctls", report).forEach(SpecReader::readDescriptor);
    }

    private void generate(SpecElements specs, Snapshots snapshots) {
        Elements elements = processingEnv.getElementUtils();
        List<PackageSpec> packages =
                specs.packages().map(SpecReader::readPackage).toList();
        List<PlainSpec> plain = specs.annotated("PlainConstants")
                .map(SpecReader::readPlainConstants)
                .toList();
        List<ExitsSpec> exits =
                specs.interfaces("Exits", report).map(SpecReader::readExits).toList();
        List<DescriptorSpec> descriptors = specs.interfaces("Ioctls", report)
                .map(SpecReader::readDescriptor)
                .toList();
        SpecNames names = new SpecNames(elements, report);
        Bindings bindings = new BindingsResolver(snapshots, report).resolve(packages);
        boolean complete = bindings.packages().size() == packages.size();
        EnumsResolver enums = new EnumsResolver(bindings, complete, elements, names, report);
        specs.interfaces("ValueEnum", report).map(SpecReader::readValueEnum).forEach(enums::add);
        specs.interfaces("FlagEnum", report).map(SpecReader::readFlagEnum).forEach(enums::add);
        exits.forEach(enums::add);
        Round work = new Round(enums, names);
        work.bindings.packages().forEach(p -> work.writePackage(p, enums.plainOf(p, plain)));
        enums.enums().forEach(work::writeEnum);
        List<EnumType.Values> reasons =
                exits.stream().flatMap(e -> work.writeExits(e).stream()).toList();
        descriptors.forEach(work::writeDescriptor);
        UnclaimedIoctls.check(work.bindings, work.claimed(descriptors), report);
        enums.checkArguments(new TypedMethods(descriptors));
        enums.checkPlain(plain, reasons);
    }

    /** The annotated elements of a round. */
    private record SpecElements(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        boolean isEmpty() {
            return annotations.stream()
                    .noneMatch(a -> !round.getElementsAnnotatedWith(a).isEmpty());
        }

        Element first() {
            return annotations.stream()
                    .flatMap(a -> round.getElementsAnnotatedWith(a).stream())
                    .findFirst()
                    .orElseThrow();
        }

        Stream<PackageElement> packages() {
            return annotated("UapiPackage").map(PackageElement.class::cast);
        }

        Stream<TypeElement> interfaces(String annotation, Report report) {
            return annotated(annotation)
                    .filter(e -> SpecReader.requireInterface(e, annotation, report))
                    .map(TypeElement.class::cast);
        }

        Stream<? extends Element> annotated(String annotation) {
            return annotations.stream()
                    .filter(a -> a.getQualifiedName().contentEquals(ANNOTATIONS + annotation))
                    .flatMap(a -> round.getElementsAnnotatedWith(a).stream());
        }
    }

    /** Resolves and writes single specs against the bindings of a round. */
    private final class Round {
        private final EnumsResolver enums;
        private final Bindings bindings;
        private final SpecNames names;
        private final SourceFiles files;

        private Round(EnumsResolver enums, SpecNames names) {
            this.enums = enums;
            this.bindings = enums.bindings();
            this.names = names;
            this.files = new SourceFiles(processingEnv.getFiler(), processingEnv.getElementUtils(), report);
        }

        private void writePackage(Bindings.BoundPackage p, List<PlainSpec.Group> plain) {
            Provenance provenance = bindings.provenanceOf(p.spec().packageName());
            p.views()
                    .forEach(
                            v -> write(ViewWriter.write(v, provenance), p.spec().element(), p.snapshot()));
            write(
                    ConstantsWriter.write(p.constants(), boundHeaders(p), plain, provenance),
                    p.spec().element(),
                    p.snapshot());
        }

        private BoundHeaders boundHeaders(Bindings.BoundPackage p) {
            PackageSpec spec = p.spec();
            List<String> all = bindings.architectures(spec.set().value());
            return new BoundHeaders(
                    p.snapshot().headerSet(),
                    List.of(p.snapshot().architecture().split(", ", -1)),
                    spec.headers().stream().map(Stated::value).toList(),
                    !spec.hasArchitecture(),
                    spec.unclaimed().stream()
                            .map(e -> new BoundHeaders.Excuse(
                                    e.requests().stream().map(Stated::value).toList(),
                                    e.reason(),
                                    spec.architecturesOf(e, all).stream()
                                            .filter(a -> !a.isEmpty())
                                            .toList()))
                            .toList());
        }

        private void writeEnum(EnumType type) {
            Snapshot snapshot = snapshotOf(type.origin());
            switch (type) {
                case EnumType.Values v -> write(ValueEnumWriter.write(v), v.origin(), snapshot);
                case EnumType.Flags f -> FlagEnumWriter.write(f).forEach(t -> write(t, f.origin(), snapshot));
            }
        }

        /** Writes exits, and returns the enum of their reasons. */
        private Optional<EnumType.Values> writeExits(ExitsSpec spec) {
            TypeElement element = spec.reasons().element();
            Snapshot snapshot = snapshotOf(element);
            Bindings own = bindings.seenFrom(packageOf(element));
            Optional<ExitUnion> resolved =
                    new ExitResolver(own, snapshot, names, report).resolve(spec, enums.holders(spec));
            resolved.ifPresent(union -> Stream.<Function<ExitUnion, TypeSpec.Builder>>of(
                            ExitWriter::write, DecoderWriter::write, u -> ValueEnumWriter.write(u.reasons()))
                    .forEach(writer -> write(writer.apply(union), element, snapshot)));
            return resolved.map(ExitUnion::reasons);
        }

        private void writeDescriptor(DescriptorSpec spec) {
            Snapshot snapshot = snapshotOf(spec.element());
            Bindings own = bindings.seenFrom(packageOf(spec.element()));
            new DescriptorResolver(own, snapshot, processingEnv.getElementUtils(), report)
                    .resolve(spec)
                    .ifPresent(d -> write(DescriptorWriter.write(d, own), spec.element(), snapshot));
        }

        private Set<UnclaimedIoctls.Claim> claimed(List<DescriptorSpec> descriptors) {
            return descriptors.stream()
                    .flatMap(d -> d.ioctls().stream()
                            .map(i -> UnclaimedIoctls.Claim.of(
                                    bindings.named(packageOf(d.element())).map(Bindings.BoundPackage::spec),
                                    i.request().value())))
                    .collect(Collectors.toSet());
        }

        private void write(TypeSpec.Builder type, Element origin, Snapshot snapshot) {
            files.write(packageOf(origin), type, origin, snapshot);
        }

        private Snapshot snapshotOf(Element element) {
            return bindings.snapshotOf(packageOf(element));
        }

        private String packageOf(Element element) {
            return processingEnv
                    .getElementUtils()
                    .getPackageOf(element)
                    .getQualifiedName()
                    .toString();
        }
    }
}
