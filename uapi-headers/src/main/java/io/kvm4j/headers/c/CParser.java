package io.kvm4j.headers.c;

import io.kvm4j.snapshot.RecordKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A recursive descent parser for the declarations that kernel headers hold, as clang prints them. */
final class CParser {
    private static final Set<String> STORAGE = Set.of("typedef", "extern", "static", "inline", "__inline", "register");
    private static final Set<String> QUALIFIERS = Set.of("const", "volatile", "restrict", "__restrict", "_Atomic");
    private static final Set<String> ARITHMETIC = Set.of(
            "void",
            "_Bool",
            "char",
            "short",
            "int",
            "long",
            "float",
            "double",
            "signed",
            "unsigned",
            "_Complex",
            "__int128",
            "__signed__",
            "__int128_t",
            "__uint128_t",
            "_Float16",
            "__float128");
    private static final Set<String> ATTRIBUTES = Set.of("__attribute__", "__attribute", "_Alignas", "__declspec");

    private final String source;
    private final List<CToken> tokens;
    private int next;

    CParser(String source) {
        this.source = source;
        this.tokens = CToken.split(source);
    }

    CDeclaration declaration() {
        boolean typedef = peek().is("typedef");
        CType base = specifiers();
        CDeclaration declaration;
        if (atEnd()) {
            declaration = new CDeclaration.Type(base);
        } else {
            CMember declared = declarator().member(base, OptionalInt.empty());
            declaration = typedef ? new CDeclaration.Typedef(declared) : new CDeclaration.Variable(declared);
        }
        skipAttributes();
        if (!atEnd()) {
            throw expected("the end of the declaration");
        }
        return declaration;
    }

    private boolean atEnd() {
        return peek().is(";") || peek().kind() == CToken.Kind.END;
    }

    private CType specifiers() {
        List<String> words = new ArrayList<>();
        List<String> name = new ArrayList<>();
        CType tagged = null;
        while (true) {
            CToken token = peek();
            if (STORAGE.contains(token.text()) || token.is("__extension__")) {
                take();
            } else if (QUALIFIERS.contains(token.text())) {
                words.add(take().text());
            } else if (ATTRIBUTES.contains(token.text())) {
                skipAttributes();
            } else if (token.is("struct") || token.is("union")) {
                tagged = aggregate();
            } else if (token.is("enum") || token.is("typeof") || token.is("__typeof__")) {
                tagged = token.is("enum") ? enumeration() : typeOf();
                if (tagged instanceof CType.Word word) {
                    words.add(word.spelling());
                }
            } else if (ARITHMETIC.contains(token.text())
                    || (tagged == null && name.isEmpty() && token.kind() == CToken.Kind.WORD)) {
                name.add(token.text());
                words.add(take().text());
            } else {
                return type(tagged, words, name);
            }
        }
    }

    private CType type(@Nullable CType tagged, List<String> words, List<String> name) {
        if (tagged instanceof CType.Word(String _, String unqualified)) {
            return new CType.Word(String.join(" ", words), unqualified);
        }
        if (tagged != null) {
            return tagged;
        }
        if (name.isEmpty()) {
            throw expected("a type");
        }
        return new CType.Word(String.join(" ", words), String.join(" ", name));
    }

    private CType aggregate() {
        RecordKind kind = take().is("struct") ? RecordKind.STRUCT : RecordKind.UNION;
        skipAttributes();
        Optional<String> tag = optionalWord();
        if (!peek().is("{")) {
            return new CType.Reference(kind, tag.orElseThrow(() -> expected("a tag or '{'")));
        }
        take();
        List<CMember> members = new ArrayList<>();
        while (!accept("}")) {
            members.addAll(members());
        }
        skipAttributes();
        return new CType.Aggregate(kind, tag, members);
    }

    private List<CMember> members() {
        if (accept(";")) {
            return List.of();
        }
        if (peek().is("_Static_assert")) {
            skipTo(";");
            return List.of();
        }
        CType base = specifiers();
        List<CMember> members = new ArrayList<>();
        do {
            Declarator declarator = peek().is(";") || peek().is(":") ? Declarator.unnamed() : declarator();
            members.add(declarator.member(base, accept(":") ? OptionalInt.of((int) number()) : OptionalInt.empty()));
            skipAttributes();
        } while (accept(","));
        expect(";");
        return members;
    }

    private CType enumeration() {
        take();
        skipAttributes();
        Optional<String> tag = optionalWord();
        if (!accept("{")) {
            String spelling = "enum " + tag.orElseThrow(() -> expected("a tag or '{'"));
            return new CType.Word(spelling, spelling);
        }
        List<String> enumerators = new ArrayList<>();
        while (!accept("}")) {
            enumerators.add(word());
            while (!peek().is(",") && !peek().is("}")) {
                skipBalanced();
            }
            accept(",");
        }
        skipAttributes();
        return new CType.Enumeration(tag, enumerators);
    }

    /** {@code typeof(type)} stands for the type, with the spelling that it has inside the parentheses. */
    private CType typeOf() {
        take();
        expect("(");
        int start = peek().start();
        int end = start;
        for (int depth = 1; depth > 0; ) {
            CToken token = take();
            end = token.start();
            depth += token.is("(") ? 1 : token.is(")") ? -1 : token.kind() == CToken.Kind.END ? -depth : 0;
        }
        String spelling = source.substring(start, end).strip();
        return new CType.Word(spelling, spelling);
    }

    private Declarator declarator() {
        int stars = 0;
        List<String> pointers = new ArrayList<>();
        while (accept("*")) {
            StringBuilder qualifiers = new StringBuilder();
            while (QUALIFIERS.contains(peek().text())) {
                qualifiers.append(take().text()).append(' ');
            }
            pointers.add(stars++, "*" + qualifiers.toString().strip());
        }
        skipAttributes();
        Declarator inner =
                accept("(") ? parenthesized() : new Declarator(optionalWord().orElse(""), List.of());
        List<Derivation> derivations = new ArrayList<>(inner.derivations());
        while (peek().is("[") || peek().is("(")) {
            derivations.add(peek().is("[") ? array() : function());
        }
        pointers.reversed().forEach(pointer -> derivations.add(new Derivation.Pointer(pointer)));
        return new Declarator(inner.name(), derivations);
    }

    private Declarator parenthesized() {
        Declarator inner = declarator();
        expect(")");
        return inner;
    }

    private Derivation array() {
        expect("[");
        long length = peek().is("]") ? 0 : number();
        expect("]");
        return new Derivation.Array(length);
    }

    private Derivation function() {
        int start = peek().start();
        skipBalanced();
        return new Derivation.Function(
                source.substring(start, tokens.get(next - 1).end()).replaceAll("\\s+", " "));
    }

    private void skipAttributes() {
        while (ATTRIBUTES.contains(peek().text())) {
            take();
            skipBalanced();
        }
    }

    /** Skips one token, or all up to the closing one if it opens a parenthesis, bracket or brace. */
    private void skipBalanced() {
        int depth = 0;
        do {
            CToken token = take();
            if (token.kind() == CToken.Kind.END) {
                throw expected("a closing parenthesis");
            }
            depth += Set.of("(", "[", "{").contains(token.text()) ? 1 : 0;
            depth -= Set.of(")", "]", "}").contains(token.text()) ? 1 : 0;
        } while (depth > 0);
    }

    private void skipTo(String end) {
        while (!accept(end)) {
            skipBalanced();
        }
    }

    private long number() {
        CToken token = take();
        if (token.kind() != CToken.Kind.NUMBER) {
            next--;
            throw expected("a number");
        }
        return Long.decode(token.text().replaceFirst("[uUlL]+$", ""));
    }

    private String word() {
        return optionalWord().orElseThrow(() -> expected("a name"));
    }

    private Optional<String> optionalWord() {
        return peek().kind() == CToken.Kind.WORD ? Optional.of(take().text()) : Optional.empty();
    }

    private CToken peek() {
        return tokens.get(next);
    }

    private CToken take() {
        CToken token = tokens.get(next);
        next = Math.min(next + 1, tokens.size() - 1);
        return token;
    }

    private boolean accept(String text) {
        boolean found = peek().is(text);
        if (found) {
            take();
        }
        return found;
    }

    private void expect(String text) {
        if (!accept(text)) {
            throw expected("'" + text + "'");
        }
    }

    private CSyntaxException expected(String what) {
        return new CSyntaxException(what, peek().toString(), source);
    }
}
