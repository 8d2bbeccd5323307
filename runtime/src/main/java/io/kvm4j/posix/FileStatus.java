package io.kvm4j.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What {@code statx(2)} reports of a file.
 *
 * @param errno 0, or why the call failed; then the rest is 0
 * @param links the number of its directory entries
 * @param owner the number of the user that owns it
 * @param mode its type and permissions, as in {@code st_mode}
 */
record FileStatus(int errno, int links, int owner, int mode) {
    private static final int LINKS = 16;
    private static final int OWNER = 20;
    private static final int MODE = 28;

    private static final int TYPE = 0xf000;
    private static final int REGULAR = 0x8000;
    private static final int OF_GROUP_AND_OTHERS = 0077;
    private static final int PERMISSIONS = 0777;

    /** Reads the status of an entry of a directory, or, if the name is empty, of what a descriptor is open on. */
    static FileStatus of(int descriptor, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(FileCalls.STATX_BYTES, Long.BYTES);
            int result = FileCalls.statx(descriptor, name, status);
            return new FileStatus(
                    Math.max(0, -result),
                    status.get(ValueLayout.JAVA_INT, LINKS),
                    status.get(ValueLayout.JAVA_INT, OWNER),
                    Short.toUnsignedInt(status.get(ValueLayout.JAVA_SHORT, MODE)));
        }
    }

    boolean isRegularFile() {
        return (mode & TYPE) == REGULAR;
    }

    int permissions() {
        return mode & PERMISSIONS;
    }

    boolean isOpenToOthers() {
        return (mode & OF_GROUP_AND_OTHERS) != 0;
    }
}
