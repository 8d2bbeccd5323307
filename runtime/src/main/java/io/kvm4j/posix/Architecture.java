package io.kvm4j.posix;

import java.util.Locale;

/** The processor architecture that this JVM runs on, which is also its guests'. */
public enum Architecture {
    X86_64,
    AARCH64,
    OTHER;

    /** Returns this machine's. */
    public static Architecture current() {
        return switch (osArch()) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64" -> AARCH64;
            default -> OTHER;
        };
    }

    /** Says that a view exists on another architecture only. */
    public static UnsupportedOperationException lacks(String view, String needed) {
        return new UnsupportedOperationException("%s is for %s, this machine is %s".formatted(view, needed, osArch()));
    }

    private static String osArch() {
        return System.getProperty("os.arch", "unknown").toLowerCase(Locale.ROOT);
    }
}
