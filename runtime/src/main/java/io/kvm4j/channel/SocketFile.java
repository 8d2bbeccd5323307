package io.kvm4j.channel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import java.util.Objects;

/**
 * The file of a Unix socket, and what both ends require of it.
 *
 * @param path absolute
 * @param users who may own it
 */
record SocketFile(Path path, AllowedUsers users) {
    private static final int WRITABLE_BY_OTHERS = 0022;
    private static final int STICKY = 01000;
    private static final int PERMISSIONS = 0777;

    /** Returns a file in the same directory that has not been there before. */
    SocketFile sibling() {
        String name = ".%08x".formatted(new SecureRandom().nextInt());
        return new SocketFile(path.resolveSibling(name), users);
    }

    /** Refuses a path that a user who is not allowed could change: the socket could be anybody's. */
    void requireSafeDirectories() throws IOException {
        Path directory = Objects.requireNonNull(path.getParent(), "absolute paths of files have parents");
        Path real;
        try {
            real = directory.toRealPath();
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException("the directory %s does not exist".formatted(directory));
        }
        UserPrincipal root = AllowedUsers.find("0");
        for (Path each = real; each != null; each = each.getParent()) {
            UserPrincipal owner = Files.getOwner(each);
            if (!owner.equals(root) && !users.allows(owner)) {
                throw new PeerRefusedException(
                        "%s belongs to user %s, who could put another socket at %s: choose a directory of %s"
                                .formatted(each, owner.getName(), path, users));
            }
            int mode = mode(each);
            boolean sticky = (mode & STICKY) != 0 && !each.equals(real);
            if ((mode & WRITABLE_BY_OTHERS) != 0 && !sticky) {
                throw new PeerRefusedException(
                        "other users can write to %s, and could put another socket at %s: choose another directory, or chmod go-w %s"
                                .formatted(each, path, each));
            }
        }
    }

    private static int mode(Path file) throws IOException {
        return (int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    }

    private PosixFileAttributes attributes() throws IOException {
        return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /** Refuses a file that this process's user has not left behind as a socket. */
    void requireOwnSocket() throws IOException {
        PosixFileAttributes file = attributes();
        if (!file.isOther() || !file.owner().equals(users.own())) {
            throw new IOException(
                    "cannot listen on unix:%s: a file that is not this user's socket has that name".formatted(path));
        }
    }

    /** Refuses what is no socket of an allowed user, or is open to more users than that. */
    void requireAllowedSocket() throws IOException {
        PosixFileAttributes file;
        try {
            file = attributes();
        } catch (NoSuchFileException e) {
            throw new IOException("cannot connect to unix:%s: there is no such socket".formatted(path), e);
        }
        if (!file.isOther()) {
            throw new PeerRefusedException("%s is not a socket".formatted(path));
        }
        if (!users.allows(file.owner())) {
            throw new PeerRefusedException("%s belongs to user %s, and only %s is allowed"
                    .formatted(path, file.owner().getName(), users));
        }
        int open = mode(path) & PERMISSIONS & ~expectedMode();
        if (open != 0) {
            throw new PeerRefusedException("%s has the mode %04o, where %04o is right: another process has opened it up"
                    .formatted(path, mode(path) & PERMISSIONS, expectedMode()));
        }
    }

    private int expectedMode() {
        return users.others().isEmpty() ? 0600 : 0666;
    }

    /** Gives the file of a new socket its mode, and returns what tells it from later files of the same name. */
    Object protect() throws IOException {
        Files.setPosixFilePermissions(
                path, PosixFilePermissions.fromString(users.others().isEmpty() ? "rw-------" : "rw-rw-rw-"));
        requireAllowedSocket();
        return identity(path);
    }

    private static Object identity(Path path) throws IOException {
        return Files.getAttribute(path, "unix:fileKey", LinkOption.NOFOLLOW_LINKS);
    }

    /** Removes a socket that has this identity, and leaves another one alone. */
    static void remove(Path path, Object identity) throws IOException {
        try {
            if (identity(path).equals(identity)) {
                Files.delete(path);
            }
        } catch (NoSuchFileException e) {
            // Somebody else has removed it.
        }
    }
}
