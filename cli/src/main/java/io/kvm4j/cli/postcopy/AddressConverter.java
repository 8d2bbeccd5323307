package io.kvm4j.cli.postcopy;

import io.kvm4j.cli.postcopy.PeerAddress.OnThisHost;
import io.kvm4j.cli.postcopy.PeerAddress.OverTcp;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code unix:PATH} or {@code HOST:PORT}. */
final class AddressConverter implements ITypeConverter<PeerAddress> {
    static final String UNIX = "unix:";

    /** Made by picocli. */
    AddressConverter() {}

    @Override
    public PeerAddress convert(String text) {
        try {
            if (text.startsWith(UNIX) && text.length() > UNIX.length()) {
                return new OnThisHost(Path.of(text.substring(UNIX.length())));
            }
            int colon = text.lastIndexOf(':');
            int port = Integer.parseInt(text.substring(colon + 1));
            return new OverTcp(
                    new InetSocketAddress(InetAddress.getByName(text.substring(0, Math.max(0, colon))), port));
        } catch (InvalidPathException e) {
            throw new TypeConversionException("'%s' is not a path of a Unix socket".formatted(text));
        } catch (UnknownHostException e) {
            throw new TypeConversionException("'%s' names a host that is not known".formatted(text));
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(
                    "'%s' is neither unix:PATH nor HOST:PORT, such as 127.0.0.1:7000".formatted(text));
        }
    }
}
