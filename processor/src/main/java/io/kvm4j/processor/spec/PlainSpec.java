package io.kvm4j.processor.spec;

import java.util.List;
import java.util.Objects;
import javax.lang.model.element.Element;
import javax.lang.model.element.PackageElement;

/**
 * What a {@code @PlainConstants} says.
 *
 * @param element the element it stands at
 * @param groups the constants by reason
 */
public record PlainSpec(Element element, List<Group> groups) {
    public PlainSpec {
        groups = List.copyOf(groups);
    }

    /** Returns the name of the package that the list is about. */
    String packageName() {
        Element place = element;
        while (true) {
            if (place instanceof PackageElement found) {
                return found.getQualifiedName().toString();
            }
            place = Objects.requireNonNull(place.getEnclosingElement());
        }
    }

    /**
     * Constants that are plain for one reason.
     *
     * @param prefixes their prefixes
     * @param constants single ones
     * @param reason the reason
     */
    public record Group(List<Stated<String>> prefixes, List<Stated<String>> constants, String reason) {}
}
