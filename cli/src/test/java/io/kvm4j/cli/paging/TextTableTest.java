package io.kvm4j.cli.paging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void columnsAreAsWideAsWhatIsInThem() {
        TextTable table = new TextTable("mode", "pages", "max us");
        table.add(List.of("exit", "16", "1234567890.1"));
        table.add(List.of("a long name", "1234567", "2.0"));
        assertEquals(
                List.of(
                        "mode           pages        max us",
                        "exit              16  1234567890.1",
                        "a long name  1234567           2.0"),
                table.lines());
    }
}
