package io.kvm4j.headers.extraction;

import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.headers.extraction.Declarations.TaggedRecord;
import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.Ioctl;
import io.kvm4j.snapshot.Member;
import io.kvm4j.snapshot.MemberType;
import io.kvm4j.snapshot.RecordType;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The parts of a snapshot, made of declarations and what an evaluator tells. */
final class Abi {
    private final Declarations declarations;
    private final Map<String, BigInteger> values;
    private final IoctlMacros macros;
    private final Set<String> selected;

    /**
     * Takes what is known before evaluation.
     *
     * @param values the macros and enumerators of all headers, as 64 bits read as signed
     * @param selected the headers whose declarations count
     */
    Abi(Declarations declarations, Map<String, BigInteger> values, IoctlMacros macros, Set<String> selected) {
        this.declarations = declarations;
        this.values = values;
        this.macros = macros;
        this.selected = selected;
    }

    /** What has to be evaluated before the parts can be had. */
    Evaluation.Inquiry inquiry() {
        Questions onConstants = new Questions();
        constants(onConstants);
        unavailableIoctls(onConstants);
        Questions onRecords = new Questions();
        for (TaggedRecord tagged : declarations.records()) {
            askAbout(tagged, onRecords);
        }
        return new Evaluation.Inquiry(
                onConstants.expressions(), onRecords.expressions(), declarations.names(), availableIoctls());
    }

    /** Records of other headers may be beyond snapshots; if one that counts is, the extraction proper will say so. */
    private void askAbout(TaggedRecord tagged, Questions questions) {
        try {
            RecordLayout.of(declarations, questions, tagged);
        } catch (HeadersException e) {
            if (e.problem() != Problem.HEADERS_UNSUPPORTED || selected.contains(tagged.header())) {
                throw e;
            }
        }
    }

    /** The constants of the selected headers, in the order of their names. */
    List<Constant> constants(Evaluator evaluator) {
        List<Constant> constants = new ArrayList<>();
        values.forEach((name, bits) -> {
            Optional<String> header = declarations.headerOfConstant(name).filter(selected::contains);
            header.ifPresent(path -> constants.add(constant(name, path, bits, evaluator)));
        });
        return constants;
    }

    /** jextract tells the bits of a constant; the type that C gives it decides what they mean. */
    private static Constant constant(String name, String header, BigInteger bits, Evaluator evaluator) {
        int size = (int) evaluator.value("sizeof((" + name + ")+0)");
        boolean signed = evaluator.holds("((__typeof__((" + name + ")+0))-1) < 1");
        BigInteger value = signed ? bits : bits.mod(BigInteger.TWO.pow(size * Byte.SIZE));
        return new Constant(name, header, value, size, signed);
    }

    private List<String> availableIoctls() {
        return macros.names().stream()
                .filter(name -> values.containsKey(name)
                        && declarations
                                .headerOfConstant(name)
                                .filter(selected::contains)
                                .isPresent())
                .toList();
    }

    /** The ioctls that have a value, in the order of their names. */
    List<Ioctl> ioctls(Evaluation evaluation) {
        return availableIoctls().stream()
                .map(name -> new Ioctl(name, evaluation.argument(name), knownCapabilities(name)))
                .toList();
    }

    /** A comment may misspell a capability or name what is none: only those that the headers define count. */
    private List<String> knownCapabilities(String ioctl) {
        return macros.capabilities(ioctl).stream().filter(values::containsKey).toList();
    }

    /** The request macros that are defined and have no value, in the order of their names. */
    List<String> unavailableIoctls(Evaluator evaluator) {
        return macros.names().stream()
                .filter(name -> !values.containsKey(name))
                .filter(name -> evaluator.holds("defined " + name))
                .toList();
    }

    /**
     * The records of the selected headers, those that the ioctls take, and all that these embed by value, in the order
     * of their names.
     */
    List<RecordType> records(Evaluator evaluator, List<Ioctl> ioctls) {
        Map<String, RecordType> records = new TreeMap<>();
        Deque<TaggedRecord> pending = new ArrayDeque<>();
        Set<String> arguments =
                new HashSet<>(ioctls.stream().map(Ioctl::argument).toList());
        declarations.records().stream()
                .filter(tagged -> selected.contains(tagged.header()) || arguments.contains(tagged.cType()))
                .forEach(pending::add);
        while (!pending.isEmpty()) {
            TaggedRecord tagged = pending.remove();
            if (!records.containsKey(tagged.tag())) {
                RecordType type = RecordLayout.of(declarations, evaluator, tagged);
                records.put(tagged.tag(), type);
                embedded(type.members())
                        .flatMap(tag -> declarations.record(tag).stream())
                        .forEach(pending::add);
            }
        }
        return List.copyOf(records.values());
    }

    private static Stream<String> embedded(List<Member> members) {
        return members.stream().flatMap(member -> switch (member.type()) {
            case MemberType.Named named -> Stream.of(named.name());
            case MemberType.Inline inline -> embedded(inline.members());
            case MemberType.Integer _, MemberType.Pointer _ -> Stream.empty();
        });
    }
}
