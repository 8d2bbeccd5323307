package io.kvm4j.headers.extraction;

import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.headers.jextract.DumpedIncludes;
import io.kvm4j.headers.jextract.GeneratedBindings;
import io.kvm4j.headers.jextract.Jextract;
import io.kvm4j.snapshot.Header;
import io.kvm4j.snapshot.Ioctl;
import io.kvm4j.snapshot.RecordType;
import io.kvm4j.snapshot.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * One extraction of a snapshot from staged headers.
 *
 * <p>jextract runs three times: for the declarations, for the header that each comes from, and for the values of the
 * expressions that tell what its own output loses.
 */
public final class Extraction {
    private static final String WRAPPER = "kvm4j-wrapper.h";
    private static final String EVALUATOR = "kvm4j-evaluator.h";

    private final Jextract jextract;
    private final StagedHeaders headers;
    private final Path work;
    private final Consumer<String> progress;

    private Extraction(Jextract jextract, StagedHeaders headers, Path work, Consumer<String> progress) {
        this.jextract = jextract;
        this.headers = headers;
        this.work = work;
        this.progress = progress;
    }

    /**
     * Extracts a snapshot.
     *
     * @param headers the headers, staged for the architecture
     * @param work a directory for what jextract generates
     * @param progress takes one line for each step
     * @throws HeadersException if the headers cannot be read, or what was read contradicts itself
     */
    public static Snapshot extract(
            String headerSet,
            String architecture,
            Jextract jextract,
            StagedHeaders headers,
            Path work,
            Consumer<String> progress) {
        return new Extraction(jextract, headers, work, progress).snapshot(headerSet, architecture);
    }

    private Snapshot snapshot(String headerSet, String architecture) {
        Set<String> selected = headers.selected();
        GeneratedBindings bindings = declarations();
        IoctlMacros macros =
                new IoctlMacros(selected.stream().map(headers::text).toList(), headers.texts());
        Abi abi = new Abi(
                new Declarations(bindings, includes(), headers.texts()), bindings.constants(), macros, selected);
        Evaluation evaluation = evaluate(abi.inquiry());
        List<Ioctl> ioctls = abi.ioctls(evaluation);
        List<RecordType> records = abi.records(evaluation, ioctls);
        checkSizes(bindings, records);
        return new Snapshot(
                headerSet,
                architecture,
                digests(selected, records),
                records,
                abi.constants(evaluation),
                ioctls,
                abi.unavailableIoctls(evaluation));
    }

    private GeneratedBindings declarations() {
        progress.accept("reading the declarations of " + String.join(", ", headers.selected()));
        return generate(WRAPPER, headers.includeLines());
    }

    private DumpedIncludes includes() {
        Path dump = work.resolve("includes.txt");
        jextract.run(headers.directory(), List.of("-I", ".", "--dump-includes", dump.toString(), WRAPPER));
        return DumpedIncludes.read(dump, headers.directory());
    }

    private Evaluation evaluate(Evaluation.Inquiry inquiry) {
        progress.accept("evaluating "
                + (inquiry.onConstants().size() + inquiry.onRecords().size())
                + " expressions and " + inquiry.ioctls().size() + " ioctl arguments");
        return new Evaluation(inquiry, generate(EVALUATOR, headers.includeLines() + inquiry.header()));
    }

    private GeneratedBindings generate(String header, String text) {
        Path output = work.resolve(header + ".output");
        try {
            Files.writeString(headers.directory().resolve(header), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        jextract.run(
                headers.directory(),
                List.of(
                        "-I",
                        ".",
                        "--output",
                        output.toString(),
                        "--target-package",
                        GeneratedBindings.PACKAGE,
                        "--header-class-name",
                        GeneratedBindings.HEADER_CLASS,
                        header));
        return new GeneratedBindings(output);
    }

    /** What libclang evaluated and what jextract laid out must agree, or one of the two was misread. */
    private void checkSizes(GeneratedBindings bindings, List<RecordType> records) {
        progress.accept("comparing " + records.size() + " records with jextract's layouts");
        Path classes = newDirectory("classes");
        Optional<String> error = bindings.compile(classes);
        if (error.isPresent()) {
            progress.accept("javac refuses jextract's output, so there is nothing to compare: " + error.get());
            return;
        }
        Map<String, OptionalLong> layoutSizes = bindings.layoutSizes(classes);
        for (RecordType type : records) {
            long layoutSize =
                    layoutSizes.getOrDefault(type.name(), OptionalLong.empty()).orElse(type.size());
            if (layoutSize != type.size()) {
                throw new HeadersException(
                        Problem.CONTRADICTION,
                        type.cType() + " has " + layoutSize + " bytes in jextract's layout, but its sizeof is "
                                + type.size() + "; please report the header");
            }
        }
    }

    private Path newDirectory(String name) {
        try {
            return Files.createDirectory(work.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Header> digests(Set<String> selected, List<RecordType> records) {
        Set<String> paths = new TreeSet<>(selected);
        records.stream().map(RecordType::header).forEach(paths::add);
        return paths.stream().map(headers::digest).toList();
    }
}
