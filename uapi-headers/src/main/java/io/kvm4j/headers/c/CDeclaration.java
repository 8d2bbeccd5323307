package io.kvm4j.headers.c;

/** A declaration at file scope. */
public sealed interface CDeclaration {

    /** A struct, union or enum that is declared without declaring anything of it, or a reference to one. */
    record Type(CType type) implements CDeclaration {}

    /** A typedef. */
    record Typedef(CMember declared) implements CDeclaration {}

    /** A variable, a member on its own, or a function. */
    record Variable(CMember declared) implements CDeclaration {}

    /**
     * Parses one declaration, with or without its semicolon.
     *
     * @throws CSyntaxException if the text is no declaration of the kind that kernel headers hold
     */
    static CDeclaration parse(String text) {
        return new CParser(text).declaration();
    }
}
