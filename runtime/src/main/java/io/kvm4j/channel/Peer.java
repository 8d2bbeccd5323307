package io.kvm4j.channel;

/**
 * The other end of a connection, as far as its transport knows it.
 *
 * @param name who it is: its user, its certificate, or merely its address; one line of printable characters. Two
 *     connections of one peer have the same name
 * @param isKnown whether the transport has made sure of that name. An address is not known: everyone there has the same
 */
public record Peer(String name, boolean isKnown) {
    /** Returns the name. */
    @Override
    public String toString() {
        return name;
    }
}
