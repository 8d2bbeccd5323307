package io.kvm4j;

import java.util.Locale;

/** The processor architecture that this JVM runs on, which is also its guests'. */
enum Architecture {
    X86_64,
    OTHER;

    static Architecture current() {
        return switch (osArch()) {
            case "amd64", "x86_64" -> X86_64;
            default -> OTHER;
        };
    }

    /** Says that a view exists on another architecture only. */
    static UnsupportedOperationException lacks(String view, String needed) {
        return new UnsupportedOperationException("%s is for %s, this machine is %s".formatted(view, needed, osArch()));
    }

    private static String osArch() {
        return System.getProperty("os.arch", "unknown").toLowerCase(Locale.ROOT);
    }
}
