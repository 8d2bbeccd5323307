package io.kvm4j.headers.jextract;

import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A jextract on this machine. It is found and tried once, with {@link #find}, and runs in a process of its own.
 *
 * @param executable the program
 */
public record Jextract(Path executable) {
    /** The newest libclang that lays out kvm.h's nested anonymous structs. */
    private static final int NEWEST_LIBCLANG = 14;

    private static final String REMEDY =
            "kvm4j needs one built with libclang 13 or 14: build github.com/openjdk/jextract with -Pllvm_home pointing"
                    + " at such an LLVM, and set JEXTRACT_HOME to the directory that holds bin/jextract";
    private static final Pattern CLANG_VERSION = Pattern.compile("clang version (\\d+)");
    private static final Pattern CLANG_ERROR = Pattern.compile("(?m)^(?:.*: )?error: .*$");

    /**
     * Finds the jextract that {@code JEXTRACT_HOME} or else {@code PATH} names, and asks it for its version.
     *
     * @param environment the variables of the process
     * @throws HeadersException with {@link Problem#JEXTRACT_MISSING} or {@link Problem#JEXTRACT_UNSUITABLE}
     */
    public static Jextract find(Map<String, String> environment) {
        Jextract jextract = new Jextract(locate(environment));
        jextract.checkVersion();
        return jextract;
    }

    private static Path locate(Map<String, String> environment) {
        Optional<String> home =
                Optional.ofNullable(environment.get("JEXTRACT_HOME")).filter(s -> !s.isBlank());
        if (home.isPresent()) {
            Path executable = Path.of(home.get(), "bin", "jextract");
            if (Files.isExecutable(executable)) {
                return executable.toAbsolutePath();
            }
            throw new HeadersException(
                    Problem.JEXTRACT_MISSING, "JEXTRACT_HOME is set, but there is no " + executable + "; " + REMEDY);
        }
        return Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, "jextract").toAbsolutePath())
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new HeadersException(
                        Problem.JEXTRACT_MISSING,
                        "no jextract: JEXTRACT_HOME is not set and PATH has none; " + REMEDY));
    }

    private void checkVersion() {
        Outcome outcome = execute(Path.of("").toAbsolutePath(), List.of("--version"));
        Matcher version = CLANG_VERSION.matcher(outcome.output());
        if (outcome.status() != 0 || !version.find()) {
            throw new HeadersException(
                    Problem.JEXTRACT_MISSING,
                    executable + " --version does not tell its libclang (status " + outcome.status() + "); " + REMEDY);
        }
        if (Integer.parseInt(version.group(1)) > NEWEST_LIBCLANG) {
            throw unsuitable("libclang " + version.group(1));
        }
    }

    private HeadersException unsuitable(String cause) {
        return new HeadersException(
                Problem.JEXTRACT_UNSUITABLE,
                executable + " cannot read linux/kvm.h: " + cause + " fails on its nested anonymous structs; "
                        + REMEDY);
    }

    /**
     * Runs jextract in a directory, whose {@code compile_flags.txt} it obeys.
     *
     * @throws HeadersException with {@link Problem#HEADERS_BROKEN} for an error in the headers, with
     *     {@link Problem#JEXTRACT_UNSUITABLE} for a libclang that can't take them
     */
    public void run(Path directory, List<String> arguments) {
        Outcome outcome = execute(directory, arguments);
        Matcher error = CLANG_ERROR.matcher(outcome.output());
        if (error.find()) {
            throw new HeadersException(
                    Problem.HEADERS_BROKEN,
                    "the headers do not compile: " + error.group().strip());
        }
        if (outcome.output().contains("TypeLayoutError")) {
            throw unsuitable("its libclang");
        }
        if (outcome.output().contains("ParsingFailedException")) {
            throw new HeadersException(
                    Problem.JEXTRACT_UNSUITABLE,
                    executable + " cannot compile for this architecture: its libclang does not know it, and no libclang"
                            + " that does can read linux/kvm.h");
        }
        if (outcome.status() != 0) {
            throw new HeadersException(
                    Problem.ENVIRONMENT,
                    executable + " ended with status " + outcome.status() + ": "
                            + outcome.output()
                                    .lines()
                                    .filter(line -> !line.contains(": warning: "))
                                    .findFirst()
                                    .orElse("it said nothing of it"));
        }
    }

    private Outcome execute(Path directory, List<String> arguments) {
        List<String> command = Stream.concat(Stream.of(executable.toString()), arguments.stream())
                .toList();
        try {
            Process process = new ProcessBuilder(new ArrayList<>(command))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException e) {
            throw new HeadersException(
                    Problem.JEXTRACT_MISSING, executable + " does not start: " + e.getMessage() + "; " + REMEDY, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted while jextract ran", e));
        }
    }

    private record Outcome(int status, String output) {}
}
