package io.kvm4j.processor.spec;

import io.kvm4j.processor.diagnostics.Site;
import java.util.List;
import javax.lang.model.element.PackageElement;

/**
 * What a {@code @UapiPackage} and its companions say.
 *
 * @param element the package
 * @param site the annotation
 * @param headers the headers whose declarations it takes
 * @param constants the simple name of the class of its constants
 * @param architecture its architecture; empty for none
 * @param set its header set; empty for that of the first snapshot
 * @param neutral records that stay here though they embed records of an architecture
 * @param flexibleArrays structs and the members that count their flexible arrays
 * @param unclaimed ioctls that have no method on purpose
 */
public record PackageSpec(
        PackageElement element,
        Site site,
        List<Stated<String>> headers,
        Stated<String> constants,
        Stated<String> architecture,
        Stated<String> set,
        List<Stated<String>> neutral,
        List<FlexibleArrayCount> flexibleArrays,
        List<Excused> unclaimed) {

    /** The architectures that an excuse is about, among those there are; empty among none if there are none. */
    public List<String> architecturesOf(Excused excused, List<String> all) {
        if (hasArchitecture()) {
            return List.of(architecture.value());
        }
        return excused.architectures().isEmpty()
                ? all
                : excused.architectures().stream().map(Stated::value).toList();
    }

    /** The name of the package. */
    public String packageName() {
        return element.getQualifiedName().toString();
    }

    /** Whether the package belongs to one architecture. */
    public boolean hasArchitecture() {
        return !architecture.value().isEmpty();
    }

    /**
     * A struct's flexible array and its count.
     *
     * @param struct the C name of the struct
     * @param count the C name of the member that counts the elements
     */
    public record FlexibleArrayCount(Stated<String> struct, Stated<String> count) {}
}
