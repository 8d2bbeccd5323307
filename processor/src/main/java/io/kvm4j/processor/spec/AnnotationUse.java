package io.kvm4j.processor.spec;

import io.kvm4j.processor.diagnostics.Site;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/**
 * One annotation on one element. Annotations are looked up by name and their values read from the mirror, since the
 * classes that they mention may not exist yet.
 *
 * @param element the annotated element
 * @param mirror the annotation
 */
record AnnotationUse(Element element, AnnotationMirror mirror) {
    static final String PACKAGE = "io.kvm4j.processor.annotations.";

    /** Finds the annotation with the given simple name. */
    static Optional<AnnotationUse> find(Element element, String annotation) {
        return element.getAnnotationMirrors().stream()
                .filter(mirror -> isNamed(mirror, annotation))
                .map(mirror -> new AnnotationUse(element, mirror))
                .findFirst();
    }

    /** The annotation as a whole. */
    Site site() {
        return new Site(element, mirror, null);
    }

    /** A member of type {@code String}. */
    Stated<String> string(String member) {
        return stated(value(member));
    }

    /** A member of type {@code String[]}, element by element. */
    List<Stated<String>> strings(String member) {
        return list(value(member)).stream().map(this::stated).toList();
    }

    /** A member whose type is an array of annotations. */
    List<AnnotationUse> annotations(String member) {
        return list(value(member)).stream()
                .map(value -> new AnnotationUse(element, (AnnotationMirror) value.getValue()))
                .toList();
    }

    /** A member of type {@code int}. */
    int number(String member) {
        return (int) value(member).getValue();
    }

    /** A member of type {@code boolean}. */
    boolean flag(String member) {
        return (boolean) value(member).getValue();
    }

    /** A member of type {@code Class}. */
    TypeMirror type(String member) {
        return (TypeMirror) value(member).getValue();
    }

    private Stated<String> stated(AnnotationValue value) {
        return new Stated<>(value.getValue().toString(), new Site(element, mirror, value));
    }

    private AnnotationValue value(String member) {
        return mirror.getElementValues().entrySet().stream()
                .filter(e -> e.getKey().getSimpleName().contentEquals(member))
                .<AnnotationValue>map(e -> e.getValue())
                .findFirst()
                .orElseGet(() -> defaultOf(member));
    }

    private AnnotationValue defaultOf(String member) {
        for (ExecutableElement method :
                ElementFilter.methodsIn(mirror.getAnnotationType().asElement().getEnclosedElements())) {
            if (method.getSimpleName().contentEquals(member) && method.getDefaultValue() != null) {
                return method.getDefaultValue();
            }
        }
        throw new IllegalArgumentException(mirror + " has no member " + member);
    }

    @SuppressWarnings("unchecked")
    private static List<AnnotationValue> list(AnnotationValue value) {
        return (List<AnnotationValue>) value.getValue();
    }

    private static boolean isNamed(AnnotationMirror mirror, String annotation) {
        TypeElement type = (TypeElement) mirror.getAnnotationType().asElement();
        return type.getQualifiedName().contentEquals(PACKAGE + annotation);
    }
}
