package io.kvm4j.cli;

import io.kvm4j.PrintableText;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;

/** Prints a line for the value of an option that is wrong, and help with it for all else that is. */
final class OneLineValues implements IParameterExceptionHandler {
    private final IParameterExceptionHandler others;

    OneLineValues(IParameterExceptionHandler others) {
        this.others = others;
    }

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) throws Exception {
        if (failure.getArgSpec() == null) {
            return others.handleParseException(failure, arguments);
        }
        failure.getCommandLine().getErr().println("kvm4j: " + PrintableText.of(String.valueOf(failure.getMessage())));
        return failure.getCommandLine().getCommandSpec().exitCodeOnInvalidInput();
    }
}
