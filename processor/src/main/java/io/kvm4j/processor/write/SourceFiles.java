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
import java.util.HexFormat;
import javax.annotation.processing.Filer;
import javax.annotation.processing.FilerException;
import javax.lang.model.element.Element;
import javax.lang.model.element.ModuleElement;
import javax.lang.model.util.Elements;

/** Writes types into source files that say which headers they come from. */
public final class SourceFiles {
    private static final String GENERATED = "javax.annotation.processing.Generated";
    private static final String PROCESSOR = "io.kvm4j.processor.UapiProcessor";
    private static final int DIGEST_DIGITS = 16;

    private final Filer filer;
    private final Elements elements;
    private final Report report;

    public SourceFiles(Filer filer, Elements elements, Report report) {
        this.filer = filer;
        this.elements = elements;
        this.report = report;
    }

    /**
     * Writes one type, or reports that another one has its name.
     *
     * @param packageName its package
     * @param type the type, to which its origin is added
     * @param origin the spec that it is generated for
     * @param snapshot the headers that it is generated from
     */
    public void write(String packageName, TypeSpec.Builder type, Element origin, Snapshot snapshot) {
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
        try {
            file.writeTo(filer);
        } catch (FilerException e) {
            report.add(
                    Code.NAME_TAKEN,
                    Site.of(origin),
                    packageName + "." + file.typeSpec().name());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write a class of " + packageName, e);
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
