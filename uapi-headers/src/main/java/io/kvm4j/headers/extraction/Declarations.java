package io.kvm4j.headers.extraction;

import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.headers.c.CDeclaration;
import io.kvm4j.headers.c.CMember;
import io.kvm4j.headers.c.CSyntaxException;
import io.kvm4j.headers.c.CType;
import io.kvm4j.headers.jextract.DumpedIncludes;
import io.kvm4j.headers.jextract.GeneratedBindings;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the headers declare, before sizes and offsets: records by tag, typedefs by name, enumerators in records. */
final class Declarations {

    /**
     * A struct or union with a tag.
     *
     * @param aggregate its members
     * @param header the header that declares it
     */
    record TaggedRecord(String tag, CType.Aggregate aggregate, String header) {
        String cType() {
            return aggregate.kind().keyword() + " " + tag;
        }
    }

    private static final Pattern ARRAY_TYPEDEF =
            Pattern.compile("\\btypedef\\s[^;{}()]*\\w\\s*(?:\\[\\s*\\w+\\s*])+\\s*;");
    private static final Pattern NAMED_BOUND = Pattern.compile("\\[\\s*([A-Za-z_]\\w*)\\s*]");

    private final DumpedIncludes includes;
    private final Map<String, TaggedRecord> records = new TreeMap<>();
    private final Map<String, CMember> typedefs = new HashMap<>();
    private final Map<String, String> headersOfEnumerators = new HashMap<>();

    /**
     * Parses what jextract generated.
     *
     * @param texts the texts of all headers
     * @throws HeadersException with {@link Problem#HEADERS_UNSUPPORTED} for a declaration that is not understood
     */
    Declarations(GeneratedBindings bindings, DumpedIncludes includes, List<String> texts) {
        this.includes = includes;
        try {
            bindings.types().forEach(type -> addType(type.javaName(), CDeclaration.parse(type.declaration())));
            bindings.typedefs().forEach(typedef -> addType("", CDeclaration.parse(typedef)));
            addArrayTypedefs(texts, bindings.constants());
        } catch (CSyntaxException e) {
            throw new HeadersException(
                    Problem.HEADERS_UNSUPPORTED,
                    "the headers hold a declaration that kvm4j cannot read: " + e.getMessage(),
                    e);
        }
    }

    /** jextract tells nothing of typedefs of arrays, so they are taken from the text. */
    private void addArrayTypedefs(List<String> texts, Map<String, BigInteger> constants) {
        for (String text : texts) {
            ARRAY_TYPEDEF.matcher(text).results().forEach(typedef -> {
                String declaration = NAMED_BOUND
                        .matcher(typedef.group())
                        .replaceAll(bound -> constants.containsKey(bound.group(1))
                                ? "[" + constants.get(bound.group(1)) + "]"
                                : bound.group());
                if (!NAMED_BOUND.matcher(declaration).find()) {
                    addType("", CDeclaration.parse(declaration));
                }
            });
        }
    }

    private void addType(String javaName, CDeclaration declaration) {
        switch (declaration) {
            case CDeclaration.Type(CType.Aggregate aggregate) -> {
                if (aggregate.tag().isEmpty()) {
                    typedefs.put(javaName, new CMember(javaName, aggregate, List.of(), OptionalInt.empty()));
                }
                addTagged(aggregate, Optional.empty());
            }
            case CDeclaration.Typedef(CMember declared) -> typedefs.put(declared.name(), declared);
            case CDeclaration.Type _, CDeclaration.Variable _ -> {}
        }
    }

    /** Adds a record, and those with tags and the enumerators that are declared inside. */
    private void addTagged(CType.Aggregate aggregate, Optional<String> enclosingHeader) {
        Optional<String> header = aggregate
                .tag()
                .flatMap(tag -> includes.ofRecord(aggregate.kind(), tag))
                .or(() -> enclosingHeader);
        if (header.isPresent() && aggregate.tag().isPresent()) {
            String tag = aggregate.tag().get();
            records.put(tag, new TaggedRecord(tag, aggregate, header.get()));
        }
        for (CMember member : aggregate.members()) {
            switch (member.type()) {
                case CType.Aggregate nested -> addTagged(nested, header);
                case CType.Enumeration(Optional<String> _, List<String> enumerators) ->
                    header.ifPresent(path -> enumerators.forEach(name -> headersOfEnumerators.put(name, path)));
                default -> {}
            }
        }
    }

    /** All records with tags, in the order of their tags. */
    List<TaggedRecord> records() {
        return List.copyOf(records.values());
    }

    Optional<TaggedRecord> record(String tag) {
        return Optional.ofNullable(records.get(tag));
    }

    /** The header that gives a macro or an enumerator its value. */
    Optional<String> headerOfConstant(String name) {
        return includes.ofConstant(name).or(() -> Optional.ofNullable(headersOfEnumerators.get(name)));
    }

    /**
     * Follows typedefs until a struct, union, pointer or scalar is reached; a scalar and a pointer keep the name that
     * the member, or the array that it is, was declared with.
     */
    CMember resolve(CMember member) {
        CType type = member.type();
        List<Long> dimensions = new ArrayList<>(member.dimensions());
        CType named = type;
        for (CMember declared = typedef(type); declared != null; declared = typedef(type)) {
            dimensions.addAll(declared.dimensions());
            type = declared.type();
            named = declared.dimensions().isEmpty() ? named : type;
        }
        return new CMember(member.name(), resolved(named, type), dimensions, member.bits());
    }

    private @Nullable CMember typedef(CType type) {
        return type instanceof CType.Word(String _, String name) ? typedefs.get(name) : null;
    }

    private CType resolved(CType declared, CType reached) {
        return switch (reached) {
            case CType.Aggregate(var kind, Optional<String> tag, var _)
            when tag.isPresent() -> new CType.Reference(kind, tag.get());
            case CType.Word(String _, String name)
            when records.containsKey(name) ->
                new CType.Reference(record(name).orElseThrow().aggregate().kind(), name);
            case CType.Aggregate _, CType.Reference _ -> reached;
            case CType.Pointer _ -> new CType.Pointer(declared.spelling());
            case CType.Word _, CType.Enumeration _ -> declared;
            case CType.Function _ -> reached;
        };
    }

    /** The names of all tags and members. */
    Set<String> names() {
        Set<String> names = new TreeSet<>(records.keySet());
        records.values().forEach(type -> addNames(names, type.aggregate()));
        typedefs.values().forEach(typedef -> {
            if (typedef.type() instanceof CType.Aggregate aggregate) {
                addNames(names, aggregate);
            }
        });
        return names;
    }

    private static void addNames(Set<String> names, CType.Aggregate aggregate) {
        for (CMember member : aggregate.members()) {
            if (!member.name().isEmpty()) {
                names.add(member.name());
            }
            if (member.type() instanceof CType.Aggregate nested) {
                addNames(names, nested);
            }
        }
    }
}
