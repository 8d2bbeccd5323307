package io.kvm4j.headers.extraction;

import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.headers.c.CDeclaration;
import io.kvm4j.headers.c.CMember;
import io.kvm4j.headers.c.CType;
import io.kvm4j.headers.jextract.GeneratedBindings;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A header that makes libclang evaluate expressions, as the values of enumerators, and name the argument types of
 * ioctls, as the types of a struct's members; and what jextract then says of it.
 */
final class Evaluation implements Evaluator {
    private static final String ANSWERS = "kvm4j_answer_";
    private static final String ARGUMENTS = "kvm4j_arguments";
    private static final String NO_ARGUMENT = "struct kvm4j_no_argument";

    private final Map<String, Long> values = new HashMap<>();
    private final Map<String, String> arguments = new HashMap<>();

    /**
     * What to evaluate.
     *
     * @param onConstants expressions on macros and enumerators
     * @param onRecords expressions on structs and unions
     * @param names the names of all tags and members; macros of the same names would get in the way
     * @param ioctls the request macros whose argument types to tell
     */
    record Inquiry(Set<String> onConstants, Set<String> onRecords, Set<String> names, List<String> ioctls) {

        /** The header's text after the lines that include the headers. */
        String header() {
            StringBuilder text = new StringBuilder();
            int count = answers(text, onConstants, 0, "constants");
            ioctlArguments(text);
            names.forEach(name -> text.append("#undef ").append(name).append('\n'));
            answers(text, onRecords, count, "records");
            return text.toString();
        }

        private static int answers(StringBuilder text, Set<String> expressions, int from, String label) {
            int index = from;
            text.append("enum {\n");
            for (String expression : expressions) {
                String answer = ANSWERS + index++ + " = ";
                if (expression.startsWith("defined ")) {
                    text.append("#if ").append(expression).append('\n');
                    text.append(answer).append("1,\n#else\n").append(answer).append("0,\n#endif\n");
                } else {
                    text.append(answer).append(expression).append(",\n");
                }
            }
            text.append(ANSWERS).append(label).append(" };\n");
            return index;
        }

        /** Once {@code _IOW} stands for its third argument, each request macro stands for its argument's type. */
        private void ioctlArguments(StringBuilder text) {
            text.append(NO_ARGUMENT).append(";\n");
            for (String macro : List.of("_IO(t, n)", "_IOC(d, t, n, s)")) {
                define(text, macro, NO_ARGUMENT);
            }
            for (String macro : List.of("_IOR", "_IOW", "_IOWR", "_IOR_BAD", "_IOW_BAD", "_IOWR_BAD")) {
                define(text, macro + "(t, n, s)", "s");
            }
            text.append("struct ").append(ARGUMENTS).append(" {\n");
            for (int i = 0; i < ioctls.size(); i++) {
                text.append("__typeof__(")
                        .append(ioctls.get(i))
                        .append(") *argument_")
                        .append(i)
                        .append(";\n");
            }
            text.append("};\n");
        }

        private static void define(StringBuilder text, String macro, String body) {
            text.append("#undef ").append(macro, 0, macro.indexOf('(')).append('\n');
            text.append("#define ").append(macro).append(' ').append(body).append('\n');
        }
    }

    /**
     * Reads the answers.
     *
     * @param inquiry what was asked
     * @param bindings what jextract generated for the inquiry's header
     */
    Evaluation(Inquiry inquiry, GeneratedBindings bindings) {
        Map<String, BigInteger> constants = bindings.constants();
        List<String> expressions = new ArrayList<>(inquiry.onConstants());
        expressions.addAll(inquiry.onRecords());
        for (int i = 0; i < expressions.size(); i++) {
            BigInteger value = constants.get(ANSWERS + i);
            if (value != null) {
                values.putIfAbsent(expressions.get(i), value.longValue());
            }
        }
        bindings.types().stream()
                .filter(type -> type.javaName().equals(ARGUMENTS))
                .map(type -> CDeclaration.parse(type.declaration()))
                .forEach(declaration -> readArguments(inquiry, declaration));
    }

    private void readArguments(Inquiry inquiry, CDeclaration declaration) {
        if (declaration instanceof CDeclaration.Type(CType.Aggregate aggregate)) {
            for (int i = 0; i < inquiry.ioctls().size(); i++) {
                CMember member = aggregate.members().get(i);
                String pointer = member.type().spelling();
                String pointee = pointer.substring(0, pointer.lastIndexOf('*')).strip();
                arguments.put(inquiry.ioctls().get(i), pointee.equals(NO_ARGUMENT) ? "" : pointee);
            }
        }
    }

    @Override
    public long value(String expression) {
        Long value = values.get(expression);
        if (value == null) {
            throw new HeadersException(
                    Problem.CONTRADICTION, "jextract did not evaluate " + expression + "; is it of another version?");
        }
        return value;
    }

    /** The C type that a request macro names, or the empty string if it names none. */
    String argument(String ioctl) {
        String argument = arguments.get(ioctl);
        if (argument == null) {
            throw new HeadersException(
                    Problem.CONTRADICTION,
                    "jextract did not tell the argument of " + ioctl + "; is it of another version?");
        }
        return argument;
    }
}
