package io.kvm4j.processor.spec;

import com.palantir.javapoet.TypeName;
import java.util.List;
import java.util.Optional;

/**
 * What an {@code @Exits} says.
 *
 * @param reasons the macros of the exit reasons
 * @param reasonEnum the simple name of their value enum
 * @param struct the C name of the struct with the union
 * @param field the C name of its member that holds the reason; empty if none is named
 * @param unread arms that no exit reads
 * @param exits what the names do not say about single exits
 * @param families sealed parents
 */
public record ExitsSpec(
        GroupSpec reasons,
        Stated<String> reasonEnum,
        Stated<String> struct,
        Stated<String> field,
        List<Stated<String>> unread,
        List<Single> exits,
        List<Family> families) {

    /**
     * What the names do not say about one exit.
     *
     * @param reason the macro
     * @param arm the C name of the arm, empty for the one of the reason's name
     * @param also the C names of further arms
     * @param type the simple name of the type, empty to derive it
     * @param offers a hand-written interface
     */
    public record Single(
            Stated<String> reason,
            Stated<String> arm,
            List<Stated<String>> also,
            Stated<String> type,
            Optional<TypeName> offers) {}

    /**
     * A sealed parent of several exits.
     *
     * @param name its simple name
     * @param reasons macros that belong to it
     * @param prefix macros with this prefix belong to it too; empty for none
     */
    public record Family(Stated<String> name, List<Stated<String>> reasons, Stated<String> prefix) {}
}
