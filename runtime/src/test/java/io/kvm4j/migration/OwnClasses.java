package io.kvm4j.migration;

import io.kvm4j.uapi.Errno;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs a class of the tests in a JVM of its own. */
final class OwnClasses {
    private OwnClasses() {}

    /** The command that runs a class with these arguments. */
    static List<String> command(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                Stream.of(main, HandOverRecord.class, Errno.class)
                        .map(OwnClasses::location)
                        .distinct()
                        .collect(Collectors.joining(File.pathSeparator)),
                main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The folder or archive that a class is loaded from. */
    private static String location(Class<?> type) {
        String file = type.getName().replace('.', '/') + ".class";
        String url = String.valueOf(type.getResource(type.getSimpleName() + ".class"));
        String root = url.substring(0, url.length() - file.length());
        return Path.of(URI.create(root.replaceFirst("^jar:", "").replaceFirst("!/$", "")))
                .toString();
    }
}
