package io.kvm4j.processor.diagnostics;

import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import org.jspecify.annotations.Nullable;

/**
 * The place in a spec that a diagnostic is about, as exact as it is known.
 *
 * @param element the annotated element
 * @param annotation the annotation, if the diagnostic is about one
 * @param value the annotation's value, if the diagnostic is about one
 */
public record Site(
        Element element,
        @Nullable AnnotationMirror annotation,
        @Nullable AnnotationValue value) {
    /** An element as a whole. */
    public static Site of(Element element) {
        return new Site(element, null, null);
    }
}
