package io.kvm4j.processor.write;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.TypeSpec;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.diagnostics.Site;
import io.kvm4j.processor.model.CommentText;
import io.kvm4j.snapshot.Header;
import io.kvm4j.snapshot.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import javax.annotation.processing.Filer;
import javax.annotation.processing.FilerException;
import javax.lang.model.element.Element;
import javax.lang.model.element.ModuleElement;
import javax.lang.model.util.Elements;

/**
 * Source files that say which headers they come from. All of them are known, and their names checked, before the first is
 * written.
 */
public final class SourceFiles {
    private static final String GENERATED = "javax.annotation.processing.Generated";
    private static final String PROCESSOR = "io.kvm4j.processor.UapiProcessor";
    private static final int DIGEST_DIGITS = 16;

    private final Filer filer;
    private final Elements elements;
    private final Report report;
    private final List<Planned> planned = new ArrayList<>();

    private record Planned(JavaFile file, Element origin) {
        String name() {
            String packageName = file.packageName();
            return (packageName.isEmpty() ? "" : packageName + ".")
                    + file.typeSpec().name();
        }
    }

    public SourceFiles(Filer filer, Elements elements, Report report) {
        this.filer = filer;
        this.elements = elements;
        this.report = report;
    }

    /**
     * Adds a type to those that {@link #writeAll} writes.
     *
     * @param packageName its package
     * @param type the type, to which its origin is added
     * @param origin the spec that it is generated for
     * @param snapshot the headers that it is generated from
     */
    void add(String packageName, TypeSpec.Builder type, Element origin, Snapshot snapshot) {
        type.addOriginatingElement(origin);
        if (seesGenerated(origin)) {
            type.addAnnotation(AnnotationSpec.builder(ClassName.bestGuess(GENERATED))
                    .addMember("value", "$S", PROCESSOR)
                    .build());
        }
        JavaFile file = JavaFile.builder(packageName, type.build())
                .addFileComment(
                        "Generated from the headers of $L for $L (digest $L).\nEdit the spec, not this file.",
                        CommentText.of(snapshot.headerSet()),
                        CommentText.of(snapshot.architecture()),
                        digest(snapshot))
                .skipJavaLangImports(true)
                .indent("    ")
                .build();
        planned.add(new Planned(file, origin));
    }

    /**
     * Writes all types, but for those whose names are taken, which it reports first.
     *
     * @param taken the names of the types that are being compiled
     */
    void writeAll(Set<String> taken) {
        Set<String> names = new HashSet<>(taken);
        List<Planned> free = new ArrayList<>();
        for (Planned p : planned) {
            if (names.add(p.name())) {
                free.add(p);
            } else {
                report.add(Code.NAME_TAKEN, Site.of(p.origin()), p.name());
            }
        }
        free.forEach(this::write);
    }

    private void write(Planned p) {
        try {
            p.file().writeTo(filer);
        } catch (FilerException e) {
            // An earlier round has generated or compiled a type of this name.
            report.add(Code.NAME_TAKEN, Site.of(p.origin()), p.name());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + p.name(), e);
        }
    }

    private boolean seesGenerated(Element origin) {
        ModuleElement module = elements.getModuleOf(origin);
        return module != null && elements.getTypeElement(module, GENERATED) != null;
    }

    /** The start of a digest over the digests of all headers. */
    private static String digest(Snapshot snapshot) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Header header : snapshot.headers()) {
                digest.update((header.path() + " " + header.sha256() + "\n").getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, DIGEST_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
