package io.kvm4j.headers.extraction;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kvm4j.headers.extraction.BitFieldPlacement.Unit;
import io.kvm4j.snapshot.RecordKind;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The rules for single cases; gcc judges the same rules on whole structs, in the oracle. */
final class BitFieldPlacementTest {

    @Test
    void fieldsFollowEachOtherInOneUnit() {
        BitFieldPlacement bits = struct(8, false);
        assertEquals(Optional.of(new Unit(0, 4, 0)), bits.place(4, 4, 3));
        assertEquals(Optional.of(new Unit(0, 4, 3)), bits.place(4, 4, 7));
        assertEquals(10, bits.position());
    }

    @Test
    void aFieldDoesNotCrossABoundaryOfItsType() {
        BitFieldPlacement bits = struct(8, false);
        bits.place(4, 4, 20);
        assertEquals(Optional.of(new Unit(4, 4, 0)), bits.place(4, 4, 13));
    }

    @Test
    void aPackedFieldCrossesIt() {
        BitFieldPlacement bits = struct(8, true);
        bits.place(4, 4, 20);
        assertEquals(Optional.of(new Unit(2, 4, 4)), bits.place(4, 4, 13));
    }

    @Test
    void widthZeroMovesToABoundary() {
        BitFieldPlacement bits = struct(12, false);
        bits.place(4, 4, 1);
        bits.place(8, 8, 0);
        assertEquals(Optional.of(new Unit(8, 4, 0)), bits.place(4, 4, 1));
    }

    @Test
    void aUnitNeverReachesPastTheEnd() {
        BitFieldPlacement bits = struct(3, true);
        assertEquals(Optional.of(new Unit(0, 2, 0)), bits.place(8, 8, 3));
        bits.skipTo(2);
        assertEquals(Optional.of(new Unit(2, 1, 0)), bits.place(4, 4, 8));
    }

    @Test
    void whatNoUnitHoldsHasNone() {
        BitFieldPlacement bits = struct(5, true);
        bits.place(4, 4, 5);
        assertEquals(Optional.empty(), bits.place(4, 4, 32));
    }

    @Test
    void membersOfAUnionStartAtZero() {
        BitFieldPlacement bits = new BitFieldPlacement(RecordKind.UNION, 8, false, false);
        bits.place(4, 4, 9);
        bits.skipTo(8);
        assertEquals(Optional.of(new Unit(0, 8, 0)), bits.place(8, 8, 40));
    }

    @Test
    void bigEndianCountsFromTheOtherEnd() {
        BitFieldPlacement bits = new BitFieldPlacement(RecordKind.STRUCT, 4, false, true);
        assertEquals(Optional.of(new Unit(0, 4, 29)), bits.place(4, 4, 3));
        assertEquals(Optional.of(new Unit(0, 4, 22)), bits.place(4, 4, 7));
    }

    private static BitFieldPlacement struct(long size, boolean packed) {
        return new BitFieldPlacement(RecordKind.STRUCT, size, packed, false);
    }
}
