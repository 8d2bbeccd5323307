package io.kvm4j.cli.postcopy;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/** Where two processes meet. */
sealed interface PeerAddress {
    /** A Unix socket. */
    record OnThisHost(Path path) implements PeerAddress {}

    /** A TCP port. */
    record OverTcp(InetSocketAddress address) implements PeerAddress {}
}
