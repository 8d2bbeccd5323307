package io.kvm4j.channel;

import io.kvm4j.posix.CurrentUser;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.HashSet;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;

/**
 * The users that may be at the ends of a Unix socket.
 *
 * @param own the effective user of this process
 * @param others the other users
 */
record AllowedUsers(UserPrincipal own, Set<UserPrincipal> others) {
    /** @param names names or numbers of other users */
    static AllowedUsers of(Set<String> names) throws IOException {
        Set<UserPrincipal> others = new HashSet<>();
        for (String name : names) {
            others.add(find(name));
        }
        UserPrincipal own = findOwn();
        others.remove(own);
        return new AllowedUsers(own, Set.copyOf(others));
    }

    /** The user by its number, and by its name where that is known. */
    private static UserPrincipal findOwn() throws IOException {
        UserPrincipal numbered = find(Integer.toUnsignedString(CurrentUser.id()));
        try {
            UserPrincipal named = find(System.getProperty("user.name"));
            return named.equals(numbered) ? named : numbered;
        } catch (IOException e) {
            return numbered;
        }
    }

    static UserPrincipal find(String name) throws IOException {
        UserPrincipalLookupService users = FileSystems.getDefault().getUserPrincipalLookupService();
        try {
            return users.lookupPrincipalByName(name);
        } catch (UserPrincipalNotFoundException e) {
            throw new IOException("there is no user \"%s\"".formatted(name), e);
        }
    }

    boolean allows(UserPrincipal user) {
        return user.equals(own) || others.contains(user);
    }

    /** Names the user at the other end of a connection, and refuses one that is not allowed. */
    Peer check(SocketChannel channel) throws IOException {
        UserPrincipal user =
                channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
        if (!allows(user)) {
            throw new PeerRefusedException(
                    "the other end runs as user %s, and only %s is allowed".formatted(user.getName(), this));
        }
        return new Peer("user " + user.getName(), true);
    }

    /** Returns the names, separated by commas. */
    @Override
    public String toString() {
        StringBuilder names = new StringBuilder(own.getName());
        others.forEach(user -> names.append(", ").append(user.getName()));
        return names.toString();
    }
}
