package io.kvm4j.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpecClaimsTest {
    private static final SpecClaims CLAIMS =
            SpecClaims.of(List.of("KVM_RUN"), List.of("KVM_MEM_", ""), List.of("KVM_ONE", "KVM_ANOTHER"));

    @Test
    void textIsALineForEachMacroAndReadsBack() throws Exception {
        String text = "ioctl KVM_RUN\nprefix KVM_MEM_\nconstant KVM_ANOTHER\nconstant KVM_ONE\n";
        assertEquals(text, CLAIMS.toText());
        assertEquals(CLAIMS, SpecClaims.read(text, "claims"));
    }

    @Test
    void constantIsClaimedByItsNameOrItsPrefix() {
        assertTrue(CLAIMS.hasConstant("KVM_ONE"));
        assertTrue(CLAIMS.hasConstant("KVM_MEM_READONLY"));
        assertFalse(CLAIMS.hasConstant("KVM_RUN"));
    }

    @Test
    void lineThatClaimsNothingIsNamed() {
        SnapshotFormatException e = assertThrows(
                SnapshotFormatException.class, () -> SpecClaims.read("ioctl KVM_RUN\nKVM_ONE\n", "claims"));
        assertEquals("claims:2: expected a line that starts with ioctl, prefix or constant", e.getMessage());
    }
}
