package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTextTest {
    @ParameterizedTest
    @ValueSource(
            ints = {
                0, '\t', '\n', '\r', 0x1b, 0x7f, 0x80, 0x85, 0x9b, 0x9f, 0xa0, 0xad, 0x34f, 0x61c, 0x115f, 0x180e,
                0x2003, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e,
                0x2060, 0x2066, 0x2067, 0x2068, 0x2069, 0x206f, 0x2800, 0x3164, 0xd800, 0xdfff, 0xe000, 0xfe0f, 0xfeff,
                0xffa0, 0xfff9, 0xfffe, 0xffff, 0x1d173, 0x378, 0xe0001, 0xe0041, 0xe0100, 0xf0000, 0x10ffff
            })
    void whatIsNotPrintableIsReplaced(int codePoint) {
        assertEquals("a?b", PrintableText.of("a" + Character.toString(codePoint) + "b"));
    }

    @Test
    void printableTextStaysAsItIs() {
        String text = "The guest's state: 100 % of \"é\", n\u0303, 漢字, हिन्दी, 😀, <&> ~";
        assertEquals(text, PrintableText.of(text));
    }

    @Test
    void aMarkNeedsALetter() {
        assertEquals("??x", PrintableText.of("\u0303\u20ddx"));
        assertEquals("1?", PrintableText.of("1\u0303"));
    }

    @Test
    void nothingControlsATerminalWhateverItIs() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            String shown = PrintableText.of("a" + Character.toString(c));
            assertFalse(shown.chars().anyMatch(Character::isISOControl), () -> shown);
            int type = Character.getType(shown.codePointAt(1));
            assertTrue(
                    type != Character.FORMAT && type != Character.PRIVATE_USE && type != Character.SURROGATE,
                    () -> shown);
        }
    }
}
