package io.kvm4j.processor;

import com.google.auto.service.AutoService;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.resolve.Bindings;
import io.kvm4j.processor.resolve.BindingsResolver;
import io.kvm4j.processor.resolve.BoundSpecs;
import io.kvm4j.processor.resolve.EnumsResolver;
import io.kvm4j.processor.resolve.Snapshots;
import io.kvm4j.processor.resolve.SpecBinder;
import io.kvm4j.processor.resolve.SpecChecks;
import io.kvm4j.processor.resolve.SpecNames;
import io.kvm4j.processor.spec.AnnotatedElements;
import io.kvm4j.processor.spec.Specs;
import io.kvm4j.processor.write.BoundSpecsWriter;
import io.kvm4j.processor.write.SourceFiles;
import java.util.Optional;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.annotation.processing.SupportedOptions;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;

/**
 * Generates bindings from specs and ABI snapshots, in six passes over all specs of a round. A spec that is broken is left
 * out by the pass that finds it, and stops no other; what is wrong is printed at the end of the round.
 *
 * <p>Types that a spec mentions and this processor generates need not exist yet: they are recognised by name.
 */
@AutoService(Processor.class)
@SupportedAnnotationTypes("io.kvm4j.processor.annotations.*")
@SupportedOptions({SnapshotOption.NAME, SnapshotOption.SPECS})
public final class UapiProcessor extends AbstractProcessor {
    private final Report report = new Report();

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        AnnotatedElements elements = new AnnotatedElements(annotations, round);
        if (!elements.isEmpty()) {
            Specs specs = read(elements);
            complete(elements)
                    .ifPresentOrElse(snapshots -> generate(specs, snapshots, elements), () -> checkNames(specs));
            report.printTo(processingEnv.getMessager());
        }
        return false;
    }

    private void generate(Specs specs, Snapshots snapshots, AnnotatedElements elements) {
        EnumsResolver resolved = resolve(specs, snapshots);
        BoundSpecs bound = bind(specs, resolved);
        check(specs, resolved, bound);
        write(specs, bound, elements);
    }

    private Specs read(AnnotatedElements elements) {
        return Specs.read(elements, report);
    }

    /** Reads the snapshots, and adds to them what the specs were written for; nothing if that was reported to fail. */
    private Optional<Snapshots> complete(AnnotatedElements elements) {
        return SnapshotOption.read(processingEnv, elements.first(), report);
    }

    /** Resolves what comes from headers alone: structs, constants and enums. */
    private EnumsResolver resolve(Specs specs, Snapshots snapshots) {
        Bindings bindings = new BindingsResolver(snapshots, report).resolve(specs.packages());
        boolean complete = bindings.packages().size() == specs.packages().size();
        EnumsResolver enums = new EnumsResolver(bindings, complete, elements(), names(), report);
        enums.resolve(specs);
        return enums;
    }

    private BoundSpecs bind(Specs specs, EnumsResolver resolved) {
        return new SpecBinder(resolved, elements(), names(), report).bind(specs);
    }

    private void check(Specs specs, EnumsResolver resolved, BoundSpecs bound) {
        new SpecChecks(resolved, elements(), report).check(specs, bound);
    }

    private void write(Specs specs, BoundSpecs bound, AnnotatedElements elements) {
        SourceFiles files = new SourceFiles(processingEnv.getFiler(), elements(), report);
        BoundSpecsWriter.write(specs, bound, elements.typeNames(), files, elements());
        if (SnapshotOption.isSet(processingEnv)) {
            CarriedSnapshots.write(bound.bindings(), processingEnv.getFiler());
            ClaimsFile.write(specs, processingEnv.getFiler());
        }
    }

    /** Reports what is wrong with specs whatever the headers are. */
    private void checkNames(Specs specs) {
        specs.named().forEach(names()::check);
    }

    private Elements elements() {
        return processingEnv.getElementUtils();
    }

    private SpecNames names() {
        return new SpecNames(elements(), report);
    }
}
