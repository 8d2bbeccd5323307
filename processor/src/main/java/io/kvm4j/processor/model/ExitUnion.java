package io.kvm4j.processor.model;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.TypeName;
import io.kvm4j.snapshot.Constant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.lang.model.element.Element;

/**
 * The sealed interface of all exits.
 *
 * @param type its Java name
 * @param origin the spec
 * @param documentation what the spec's documentation says it is
 * @param reasons the value enum of the reasons
 * @param struct the view of the struct with the union
 * @param constants the class that holds the reasons' macros, if this compilation generates it
 * @param exits one type per reason, by number
 * @param families sealed parents, each of at least one exit
 * @param selection which macros and arms it is made of
 */
public record ExitUnion(
        ClassName type,
        Element origin,
        String documentation,
        EnumType.Values reasons,
        View struct,
        Optional<ClassName> constants,
        List<Exit> exits,
        List<Family> families,
        Selection selection) {

    public ExitUnion {
        exits = List.copyOf(exits);
        families = List.copyOf(families);
    }

    /** The class that returns the exit for a reason. */
    public ClassName decoder() {
        return type.peerClass(type.simpleName() + "Decoder");
    }

    /**
     * One exit.
     *
     * @param type its Java name
     * @param reason the macro
     * @param parent the interface that it implements: the union's or a family's
     * @param arm the arm that the reason selects
     * @param also further arms that its data may have the form of
     * @param offers a hand-written interface
     */
    public record Exit(
            ClassName type,
            Constant reason,
            ClassName parent,
            Arm arm,
            List<Arm.Struct> also,
            Optional<TypeName> offers) {
        public Exit {
            also = List.copyOf(also);
        }

        /** The C names of all arms that it reads. */
        public List<String> arms() {
            return Stream.concat(Stream.of(arm), also.stream())
                    .flatMap(a -> a.cName().stream())
                    .toList();
        }
    }

    /**
     * Which macros and arms exits are made of.
     *
     * @param prefix the prefix of the reasons
     * @param except macros that only share it
     * @param unread arms that no exit reads
     */
    public record Selection(String prefix, List<String> except, List<String> unread) {
        public Selection {
            except = List.copyOf(except);
            unread = List.copyOf(unread);
        }
    }

    /** A sealed parent of several exits. */
    public record Family(ClassName type, String documentation) {}

    /** What an exit's reason selects of the union. */
    public sealed interface Arm {
        /** The C name of the arm, if there is one. */
        Optional<String> cName();

        /** A struct, and the accessor of the struct with the union that returns its view. */
        record Struct(String member, String accessor, View view) implements Arm {
            @Override
            public Optional<String> cName() {
                return Optional.of(member);
            }
        }

        /** A number. */
        record Numeric(Field.Numeric field) implements Arm {
            @Override
            public Optional<String> cName() {
                return Optional.of(field.cName());
            }
        }

        /** Nothing. */
        record None() implements Arm {
            @Override
            public Optional<String> cName() {
                return Optional.empty();
            }
        }
    }
}
