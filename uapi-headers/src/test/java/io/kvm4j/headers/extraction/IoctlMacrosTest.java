package io.kvm4j.headers.extraction;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class IoctlMacrosTest {

    @Test
    void findsRequestsHoweverTheyAreWrapped() {
        IoctlMacros macros = macros("""
            #define PLAIN _IO(X, 1)
            #  define	SPACED   ( _IOR( X, 2, int ) ) /* why */
            #define BROKEN_LINE \\
            	_IOWR(X, 3, \\
            	struct a)
            #define WRAPPED HELPER(4, int)
            #define ALIAS PLAIN
            #define ALIAS_OF_ALIAS (ALIAS)
            #define NUMBER 5
            #define SUM (PLAIN + 1)
            #define TEXT "_IO(X, 1)"
            #define FUNCTION(x) _IO(X, x)
            #define LOOP_A LOOP_B
            #define LOOP_B LOOP_A
            #define DIRECT _IOC(_IOC_NONE, X, 6, 0)
            #define OTHER_CALL OTHER(1)
            /* #define COMMENTED _IO(X, 7) */
            // #define SLASHED _IO(X, 8)
            """);
        assertEquals(
                List.of("ALIAS", "ALIAS_OF_ALIAS", "BROKEN_LINE", "DIRECT", "PLAIN", "SPACED", "WRAPPED"),
                macros.names());
    }

    @Test
    void trustsANoteForTheNextDefineAndItsTwin() {
        IoctlMacros macros = macros("""
            /* Available with KVM_CAP_ONE */
            #define KVM_GET_ONE _IO(X, 1)
            #define KVM_SET_ONE _IO(X, 2)
            #define KVM_GO _IO(X, 3)
            /* Available with KVM_CAP_A for a vCPU, or with
            *  KVM_CAP_B to set defaults; see KVM_GO */
            #define KVM_SET_TWO _IOW(X, 4, \\
            	int)
            #define KVM_GET_TWO _IO(X, 5)
            /*
             * vcpu version available with KVM_CAP_C
             */

            #define KVM_FAR _IO(X, 6)

            #define KVM_RESET _IO(X, 7)
            /* Available with KVM_CAP_E */
            #define KVM_GET_OTHER _IO(X, 9)
            #define KVM_CREATE_OTHER _IO(X, 10)
            struct s {
            	/* Available with KVM_CAP_D */
            	int member;
            };
            #define KVM_AFTER _IO(X, 8)
            """);
        assertEquals(List.of("KVM_CAP_ONE"), macros.capabilities("KVM_GET_ONE"));
        assertEquals(List.of("KVM_CAP_ONE"), macros.capabilities("KVM_SET_ONE"));
        assertEquals(List.of(), macros.capabilities("KVM_GO"));
        assertEquals(List.of("KVM_CAP_A", "KVM_CAP_B"), macros.capabilities("KVM_SET_TWO"));
        assertEquals(List.of("KVM_CAP_A", "KVM_CAP_B"), macros.capabilities("KVM_GET_TWO"));
        assertEquals(List.of("KVM_CAP_C"), macros.capabilities("KVM_FAR"));
        assertEquals(List.of(), macros.capabilities("KVM_RESET"));
        assertEquals(List.of("KVM_CAP_E"), macros.capabilities("KVM_GET_OTHER"));
        assertEquals(List.of(), macros.capabilities("KVM_CREATE_OTHER"));
        assertEquals(List.of(), macros.capabilities("KVM_AFTER"));
    }

    private static IoctlMacros macros(String text) {
        String helper = "#define HELPER(nr, type) INNER(nr, type)\n#define INNER(nr, type) (_IOW(X, nr, type))\n";
        return new IoctlMacros(List.of(text), List.of(helper, text));
    }
}
