package io.kvm4j.headers.debian;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A program of the machine to be run: with nothing on its input, and its messages in English. */
public final class Command {
    private final List<String> words;
    private final Map<String, String> environment = new HashMap<>(Map.of("LC_ALL", "C.UTF-8"));
    private Path directory = Path.of("").toAbsolutePath();

    private Command(List<String> words) {
        this.words = words;
    }

    /** A program and its arguments. */
    public static Command of(String... words) {
        return new Command(Arrays.asList(words));
    }

    /** A program and its arguments. */
    public static Command of(List<String> words) {
        return new Command(List.copyOf(words));
    }

    /** Runs it in a directory. */
    public Command in(Path directory) {
        this.directory = directory;
        return this;
    }

    /** Runs it with a variable of the environment set. */
    public Command with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /**
     * How it ended.
     *
     * @param status its exit status
     * @param output its output and its messages, as they came
     */
    public record Result(int status, List<String> output) {
        public Result {
            output = List.copyOf(output);
        }

        /** What it complained about, as far as one line can tell. */
        String complaint() {
            return output.stream()
                    .filter(line -> line.startsWith("E:") || line.contains("rror"))
                    .findFirst()
                    .orElseGet(() -> output.isEmpty() ? "status " + status : output.getLast());
        }
    }

    /** Runs it to its end, whatever that is. */
    public Result run() {
        return run(_ -> {});
    }

    /** Runs it to its end, whatever that is, and hands on its output line by line. */
    public Result run(Consumer<String> lines) {
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        List<String> output = new ArrayList<>();
        try (StartedProcess started = StartedProcess.start(builder)) {
            Process process = started.process();
            process.getOutputStream().close();
            try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    output.add(line);
                    lines.accept(line);
                }
            }
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            throw new DebianException(words.getFirst() + " does not run here: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DebianException("interrupted while " + words.getFirst() + " ran", e);
        }
    }

    /**
     * Runs it, and returns its output.
     *
     * @param purpose what is said to have failed if it fails
     * @throws DebianException if its exit status isn't 0
     */
    public List<String> succeed(String purpose) {
        return succeed(purpose, _ -> {});
    }

    /** As {@link #succeed(String)}, and hands on its output line by line. */
    public List<String> succeed(String purpose, Consumer<String> lines) {
        Result result = run(lines);
        if (result.status() != 0) {
            throw new DebianException("cannot " + purpose + ": "
                    + Path.of(words.getFirst()).getFileName() + " says: " + result.complaint());
        }
        return result.output();
    }
}
