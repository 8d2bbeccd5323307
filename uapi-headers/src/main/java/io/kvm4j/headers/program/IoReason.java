package io.kvm4j.headers.program;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why input or output failed, in the system's words and without the names of Java's classes. */
public final class IoReason {
    private IoReason() {}

    /** The file and the reason, as a line of its own. */
    public static String withFile(IOException failure) {
        return failure instanceof FileSystemException e && e.getFile() != null
                ? e.getFile() + ": " + of(e)
                : of(failure);
    }

    /** The reason, to be put after what failed and a colon. */
    public static String of(IOException failure) {
        return switch (failure) {
            case NoSuchFileException _ -> "No such file or directory";
            case AccessDeniedException _ -> "Permission denied";
            case FileAlreadyExistsException _ -> "File exists";
            case NotDirectoryException _ -> "Not a directory";
            case DirectoryNotEmptyException _ -> "Directory not empty";
            case CharacterCodingException _ -> "not UTF-8 text";
            case FileSystemException e when e.getReason() != null -> e.getReason();
            default -> failure.getMessage() == null ? "input or output failed" : failure.getMessage();
        };
    }
}
