package io.kvm4j.headers.program;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints one line for whatever is wrong with a command line: what is wrong, what was meant perhaps, and where help is. */
final class UsageErrors implements IParameterExceptionHandler {
    /** How picocli words it, with the names of Java's constants. */
    private static final Pattern UNKNOWN_WORD =
            Pattern.compile("(.*): expected one of \\[.*] \\(case-(?:in)?sensitive\\) but was '(.*)'");

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        command.getErr().println("kvm4j: " + Printable.line(message(failure)));
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static String message(ParameterException failure) {
        String message = lowerCase(String.valueOf(failure.getMessage()));
        ArgSpec argument = failure.getArgSpec();
        if (argument != null) {
            Matcher unknown = UNKNOWN_WORD.matcher(message);
            return unknown.matches()
                    ? "%s: '%s' is none of %s".formatted(unknown.group(1), unknown.group(2), words(argument))
                    : message;
        }
        List<String> suggestions =
                failure instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        String meant = suggestions.isEmpty() ? "" : "; did you mean " + suggestions.getFirst() + "?";
        String name = failure.getCommandLine().getCommandSpec().qualifiedName();
        return message + meant + " (see " + name + " --help)";
    }

    /** The words that an option takes, as its help lists them. */
    private static String words(ArgSpec argument) {
        List<String> words = new ArrayList<>();
        if (argument.completionCandidates() != null) {
            argument.completionCandidates().forEach(words::add);
        }
        return String.join(", ", words);
    }

    /** Messages begin in lower case, unless with the name of an option or in capitals. */
    private static String lowerCase(String message) {
        return message.matches("[A-Z][a-z].*")
                ? Character.toLowerCase(message.charAt(0)) + message.substring(1)
                : message;
    }
}
