package io.kvm4j.headers.c;

import java.util.List;
import java.util.OptionalInt;

/**
 * A declared name and what is derived from the base type, from the name outwards: {@code *a[3]} is an array of 3
 * pointers.
 */
record Declarator(String name, List<Derivation> derivations) {
    Declarator {
        derivations = List.copyOf(derivations);
    }

    static Declarator unnamed() {
        return new Declarator("", List.of());
    }

    /** Applies this declarator to a base type. */
    CMember member(CType base, OptionalInt bits) {
        List<Long> dimensions = derivations.stream()
                .takeWhile(Derivation.Array.class::isInstance)
                .map(derivation -> ((Derivation.Array) derivation).length())
                .toList();
        List<Derivation> rest = derivations.subList(dimensions.size(), derivations.size());
        CType type = rest.isEmpty()
                ? base
                : switch (rest.getFirst()) {
                    case Derivation.Pointer _ -> new CType.Pointer(spelling(base, rest));
                    case Derivation.Function _ -> new CType.Function(spelling(base, rest));
                    case Derivation.Array _ -> throw new IllegalStateException("dimensions were taken above");
                };
        return new CMember(name, type, dimensions, bits);
    }

    /** Spells a derived type as a type name: the pointers' stars need parentheses before brackets. */
    private static String spelling(CType base, List<Derivation> derivations) {
        String text = "";
        for (Derivation derivation : derivations) {
            text = switch (derivation) {
                case Derivation.Pointer(String star) -> star + (star.length() > 1 && !text.isEmpty() ? " " : "") + text;
                case Derivation.Array(long length) -> grouped(text) + "[" + length + "]";
                case Derivation.Function(String parameters) -> grouped(text) + parameters;
            };
        }
        return base.spelling() + (text.startsWith("[") ? "" : " ") + text;
    }

    private static String grouped(String text) {
        return text.startsWith("*") ? "(" + text + ")" : text;
    }
}
