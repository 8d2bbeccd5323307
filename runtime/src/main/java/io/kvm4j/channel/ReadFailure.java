package io.kvm4j.channel;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Says in one line why a file cannot be read; the message of such an exception is often a bare name. */
final class ReadFailure {
    private ReadFailure() {}

    static IOException of(Path path, IOException failure) {
        return switch (failure) {
            case NoSuchFileException e -> new IOException("there is no file " + path, e);
            case AccessDeniedException e -> new IOException("this user may not read " + path, e);
            default ->
                String.valueOf(failure.getMessage()).contains(path.toString())
                        ? failure
                        : new IOException("%s cannot be read: %s".formatted(path, failure.getMessage()), failure);
        };
    }
}
