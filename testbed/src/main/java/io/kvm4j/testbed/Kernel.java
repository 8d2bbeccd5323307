package io.kvm4j.testbed;

import java.util.List;

/** Where a host's kernel comes from. */
public sealed interface Kernel {
    /** The suite of the Debian archive that its package is taken from. */
    String suite();

    /**
     * A kernel that Debian built.
     *
     * @param suite the suite of the archive
     * @param metapackage depends on the newest kernel of the suite
     * @param parts a regular expression: the packages, among all that the metapackage leads to, that hold the kernel
     *     and its modules
     */
    record Packaged(String suite, String metapackage, String parts) implements Kernel {}

    /**
     * A kernel built here, from Debian's sources and patches of ours.
     *
     * @param suite the suite of the archive
     * @param sourcePackage holds the sources as an archive in usr/src
     * @param patches file names in testbed/kernel, in the order in which they apply
     * @param config the file in testbed/kernel with the options to set beyond tinyconfig's
     */
    record Patched(String suite, String sourcePackage, List<String> patches, String config) implements Kernel {
        public Patched {
            patches = List.copyOf(patches);
        }
    }
}
