package io.kvm4j.processor.spec;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.TypeElement;

/**
 * The elements of a round that have an annotation of specs.
 *
 * @param annotations the annotations that occur in the round
 * @param round the round
 */
public record AnnotatedElements(Set<? extends TypeElement> annotations, RoundEnvironment round) {
    public AnnotatedElements {
        // Class files can have annotations whose types are nowhere on the compiler's paths.
        annotations = annotations.stream()
                .filter(a -> a.getKind() == ElementKind.ANNOTATION_TYPE)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return annotations.stream()
                .allMatch(a -> round.getElementsAnnotatedWith(a).isEmpty());
    }

    /** Returns one of them, for messages that concern all. */
    public Element first() {
        return annotations.stream()
                .flatMap(a -> round.getElementsAnnotatedWith(a).stream())
                .findFirst()
                .orElseThrow();
    }

    /** Returns the elements that have the annotation with the given simple name. */
    Stream<? extends Element> with(String annotation) {
        return annotations.stream()
                .filter(a -> a.getQualifiedName().contentEquals(AnnotationUse.PACKAGE + annotation))
                .flatMap(a -> round.getElementsAnnotatedWith(a).stream());
    }

    /** Returns the names of the types that this round compiles, which no generated type can have. */
    public Set<String> typeNames() {
        return round.getRootElements().stream()
                .filter(TypeElement.class::isInstance)
                .map(e -> ((TypeElement) e).getQualifiedName().toString())
                .collect(Collectors.toSet());
    }
}
