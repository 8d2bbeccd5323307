package io.kvm4j.examples.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code HOST:PORT}. */
final class AddressConverter implements ITypeConverter<InetSocketAddress> {
    /** Made by picocli. */
    AddressConverter() {}

    @Override
    public InetSocketAddress convert(String text) {
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            return new InetSocketAddress(InetAddress.getByName(text.substring(0, Math.max(0, colon))), port);
        } catch (IllegalArgumentException | UnknownHostException e) {
            throw new TypeConversionException("'%s' is no HOST:PORT, such as 127.0.0.1:7000".formatted(text));
        }
    }
}
