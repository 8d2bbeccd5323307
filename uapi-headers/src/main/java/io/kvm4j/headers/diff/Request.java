package io.kvm4j.headers.diff;

import io.kvm4j.snapshot.Ioctl;
import io.kvm4j.snapshot.Snapshot;
import java.util.Set;

/**
 * What is packed into the number of an ioctl.
 *
 * @param macro the macro of the four that makes such a number: {@code _IO}, {@code _IOR}, {@code _IOW}, {@code _IOWR}
 * @param type the driver's byte
 * @param nr the byte that tells the driver's ioctls apart
 * @param size the size of the argument's fixed part, in bytes
 */
record Request(String macro, int type, int nr, int size) {
    /** Architectures with one bit more for the direction, at the size's expense, and other values in it. */
    private static final Set<String> THREE_DIRECTION_BITS = Set.of("powerpc64le", "mips64el");

    static Request of(Snapshot snapshot, Ioctl ioctl) {
        long number = snapshot.constant(ioctl.name()).orElseThrow().value().longValue();
        boolean isWide = THREE_DIRECTION_BITS.contains(snapshot.architecture());
        int sizeBits = isWide ? 13 : 14;
        int direction = (int) (number >>> (16 + sizeBits)) & (isWide ? 7 : 3);
        boolean reads = (direction & 2) != 0;
        boolean writes = (direction & (isWide ? 4 : 1)) != 0;
        String macro = "_IO" + (writes ? reads ? "WR" : "W" : reads ? "R" : "");
        int size = (int) (number >>> 16) & ((1 << sizeBits) - 1);
        return new Request(macro, (int) (number >>> 8) & 0xff, (int) number & 0xff, size);
    }

    /** The request as a header would write it. */
    String text(Ioctl ioctl) {
        String start = "%s(0x%02x, 0x%02x".formatted(macro, type, nr);
        return ioctl.namesArgument()
                ? "%s, %s), %s".formatted(start, ioctl.argument(), Fields.bytes(size))
                : start + ")";
    }
}
