package io.kvm4j.headers.oracle;

import io.kvm4j.headers.Architecture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A gcc for one architecture, and the directories of the headers it shall see.
 *
 * @param program its name or path
 * @param includeDirectories the only directories it looks for headers in
 * @param work a directory for sources and programs
 */
record CCompiler(String program, List<Path> includeDirectories, Path work) {
    /** What declares the constant whose bytes {@link #data} reads, without its type and value. */
    static final String DATA = "kvm4j_data __attribute__((section(\".kvm4j\"), used))";

    /** Finds a gcc on the PATH: the machine's own, or a cross compiler named by triple. */
    static Optional<String> find(Architecture architecture) {
        boolean own = System.getProperty("os.arch").equals("amd64")
                ? architecture.name().equals("x86_64")
                : architecture.name().equals(System.getProperty("os.arch"));
        String name = own ? "gcc" : architecture.triple() + "-gcc";
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    /** What a run of gcc or of a program said. */
    record Outcome(int status, String output) {}

    /** Compiles C as far as checking goes. */
    Outcome check(String source) {
        return compile("check.c", source, List.of("-fsyntax-only", "-fmax-errors=0", "-ftrack-macro-expansion=0"));
    }

    /** Tells all macros that are defined after the source. */
    Outcome macros(String source) {
        return compile("macros.c", source, List.of("-E", "-dM"));
    }

    /** Preprocesses a source; lines that start with # tell the file of those that follow. */
    Outcome preprocess(String source) {
        return compile("preprocess.c", source, List.of("-E"));
    }

    /** Compiles C, with the optimizer, which is when calls of functions that are declared an error are found. */
    Outcome assemble(String source) {
        return compile("assemble.c", source, List.of("-O2", "-fmax-errors=0", "-S", "-o", "/dev/null"));
    }

    /** The bytes of the constant {@link #DATA} in the object that a source compiles to. */
    byte[] data(String source) {
        Path bytes = work.resolve("data.bin");
        Outcome compiled = compile("data.c", source, List.of("-c", "-o", "data.o"));
        String objcopy = program.substring(0, program.length() - "gcc".length()) + "objcopy";
        Outcome copied = compiled.status() == 0
                ? execute(List.of(objcopy, "-O", "binary", "-j", ".kvm4j", "data.o", bytes.toString()))
                : compiled;
        try {
            if (copied.status() != 0) {
                throw new IllegalStateException(copied.output());
            }
            return Files.readAllBytes(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Outcome compile(String name, String source, List<String> options) {
        List<String> command = new ArrayList<>(List.of(program, "-std=gnu11", "-w", "-nostdinc"));
        includeDirectories.forEach(directory -> command.addAll(List.of("-I", directory.toString())));
        command.addAll(options);
        command.add(name);
        try {
            Files.writeString(work.resolve(name), source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return execute(command);
    }

    private Outcome execute(List<String> command) {
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true);
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
