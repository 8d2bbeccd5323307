package io.kvm4j.processor.model;

import com.palantir.javapoet.ClassName;
import java.util.OptionalInt;

/**
 * A field, or an element of one, that holds the numbers or flags of an enum.
 *
 * @param path the C names that lead there, for example {@code kvm_run.notify.flags}
 * @param when the condition under which it holds them, in words; empty for always
 * @param view the view that has the field
 * @param field the name of the field's plain accessors
 * @param index the element, if the field is an array
 * @param scalar the number in memory
 * @param inView whether the view has the accessors, and not the enum
 */
public record Holder(
        String path, String when, ClassName view, String field, OptionalInt index, Scalar scalar, boolean inView) {

    /** What setters are named: as the field is, with the element's number unless that is 0. */
    public String name() {
        int element = index.orElse(0);
        return element == 0 ? field : field + element;
    }

    /** What the names of readers start with: that of the setter, without the underscore that keeps it apart. */
    public String stem() {
        return name().endsWith("_") ? name().substring(0, name().length() - 1) : name();
    }

    /** The same place under two conditions. */
    public Holder or(String otherwise) {
        return new Holder(path, when + " or " + otherwise, view, field, index, scalar, inView);
    }

    /** Whether two enums, or one twice, would be there at the same time. */
    public boolean clashes(Holder other) {
        return view.equals(other.view)
                && field.equals(other.field)
                && index.equals(other.index)
                && (when.isEmpty() || other.when.isEmpty() || when.equals(other.when));
    }
}
