package io.kvm4j.headers.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
public final class Version implements IVersionProvider {
    /** Made by picocli. */
    Version() {}

    @Override
    public String[] getVersion() {
        String version = Version.class.getModule().getDescriptor().rawVersion().orElse("of an unknown version");
        return new String[] {"kvm4j " + version, "Java " + Runtime.version()};
    }
}
