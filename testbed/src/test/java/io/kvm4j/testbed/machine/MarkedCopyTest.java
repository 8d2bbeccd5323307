package io.kvm4j.testbed.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarkedCopyTest {
    private static final byte[] MARK = "#end".getBytes(StandardCharsets.UTF_8);

    @ParameterizedTest
    @CsvSource({
        "hello#end, hello, true",
        "#end, '', true",
        "a##end, a#, true",
        "a#en#end, a#en, true",
        "a#en, a#en, false",
        "'', '', false",
        "a#endmore, a, true"
    })
    void copiesWhatComesBeforeTheMark(String input, String output, boolean marked) throws IOException {
        for (int chunk : new int[] {1, 2, 100}) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            assertEquals(marked, new MarkedCopy(MARK).copy(inChunks(input, chunk), out));
            assertEquals(output, out.toString(StandardCharsets.UTF_8));
        }
    }

    private static InputStream inChunks(String text, int chunk) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] bytes, int offset, int length) {
                return super.read(bytes, offset, Math.min(length, chunk));
            }
        };
    }
}
