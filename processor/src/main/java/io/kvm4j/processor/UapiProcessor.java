package io.kvm4j.processor;

import com.google.auto.service.AutoService;
import com.palantir.javapoet.TypeSpec;
import io.kvm4j.headers.snapshot.Snapshot;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.model.BoundHeaders;
import io.kvm4j.processor.model.EnumType;
import io.kvm4j.processor.model.ExitUnion;
import io.kvm4j.processor.resolve.Bindings;
import io.kvm4j.processor.resolve.BindingsResolver;
import io.kvm4j.processor.resolve.DescriptorResolver;
import io.kvm4j.processor.resolve.EnumResolver;
import io.kvm4j.processor.resolve.ExitResolver;
import io.kvm4j.processor.resolve.Snapshots;
import io.kvm4j.processor.resolve.SpecNames;
import io.kvm4j.processor.resolve.UnclaimedIoctls;
import io.kvm4j.processor.spec.DescriptorSpec;
import io.kvm4j.processor.spec.EnumSpec;
import io.kvm4j.processor.spec.ExitsSpec;
import io.kvm4j.processor.spec.PackageSpec;
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
import java.util.List;
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

/**
 * Generates bindings from specs and ABI snapshots. All specs of a round are read, resolved and written one by one, so
 * that a broken one stops no other; what is wrong is printed at the end of the round.
 *
 * <p>Types that a spec mentions and this processor generates need not exist yet: they are recognised by name.
 */
@AutoService(Processor.class)
@SupportedAnnotationTypes("io.kvm4j.processor.annotations.*")
@SupportedOptions(SnapshotOption.NAME)
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
                    .ifPresent(snapshots -> generate(specs, snapshots));
            report.printTo(processingEnv.getMessager());
        }
        return false;
    }

    private void generate(SpecElements specs, Snapshots snapshots) {
        List<PackageSpec> packages =
                specs.packages().map(SpecReader::readPackage).toList();
        Bindings bindings = new BindingsResolver(snapshots, report).resolve(packages);
        Round work = new Round(bindings);
        bindings.packages().forEach(work::writePackage);
        specs.interfaces("ValueEnum", report).forEach(e -> work.writeEnum(SpecReader.readValueEnum(e)));
        specs.interfaces("FlagEnum", report).forEach(e -> work.writeEnum(SpecReader.readFlagEnum(e)));
        specs.interfaces("Exits", report).forEach(e -> work.writeExits(SpecReader.readExits(e)));
        List<DescriptorSpec> descriptors = specs.interfaces("Ioctls", report)
                .map(SpecReader::readDescriptor)
                .toList();
        descriptors.forEach(work::writeDescriptor);
        UnclaimedIoctls.check(bindings, work.claimed(descriptors), report);
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

        private Stream<? extends Element> annotated(String annotation) {
            return annotations.stream()
                    .filter(a -> a.getQualifiedName().contentEquals(ANNOTATIONS + annotation))
                    .flatMap(a -> round.getElementsAnnotatedWith(a).stream());
        }
    }

    /** Resolves and writes single specs against the bindings of a round. */
    private final class Round {
        private final Bindings bindings;
        private final SpecNames names;
        private final SourceFiles files;

        private Round(Bindings bindings) {
            this.bindings = bindings;
            this.names = new SpecNames(processingEnv.getElementUtils(), report);
            this.files = new SourceFiles(processingEnv.getFiler(), processingEnv.getElementUtils(), report);
        }

        private void writePackage(Bindings.BoundPackage p) {
            p.views().forEach(v -> write(ViewWriter.write(v), p.spec().element(), p.snapshot()));
            write(
                    ConstantsWriter.write(p.constants(), boundHeaders(p)),
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

        private void writeEnum(EnumSpec spec) {
            TypeElement element = spec.group().element();
            Snapshot snapshot = snapshotOf(element);
            new EnumResolver(names, report).resolve(spec, snapshot).ifPresent(type -> {
                switch (type) {
                    case EnumType.Values v -> write(ValueEnumWriter.write(v), element, snapshot);
                    case EnumType.Flags f -> FlagEnumWriter.write(f).forEach(t -> write(t, element, snapshot));
                }
            });
        }

        private void writeExits(ExitsSpec spec) {
            TypeElement element = spec.reasons().element();
            Snapshot snapshot = snapshotOf(element);
            new ExitResolver(bindings.seenFrom(packageOf(element)), snapshot, names, report)
                    .resolve(spec)
                    .ifPresent(union -> Stream.<Function<ExitUnion, TypeSpec.Builder>>of(
                                    ExitWriter::write, DecoderWriter::write, u -> ValueEnumWriter.write(u.reasons()))
                            .forEach(writer -> write(writer.apply(union), element, snapshot)));
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
