package io.kvm4j.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CleanupTest {
    private final List<String> done = new ArrayList<>();

    private Cleanup.Step failing(String name, Throwable with) {
        return () -> {
            done.add(name);
            throw with;
        };
    }

    private void fail(String name, RuntimeException with) {
        done.add(name);
        throw with;
    }

    @Test
    void everyStepRunsAndTheFirstFailureIsThrown() {
        Throwable first = new OutOfMemoryError("first");
        Throwable second = new IOException("second");
        RuntimeException third = new IllegalStateException("third");
        Cleanup cleanup = new Cleanup()
                .run(() -> done.add("a"))
                .run(failing("b", first))
                .run(failing("c", second))
                .closeAll(List.<AutoCloseable>of(() -> done.add("d"), () -> fail("e", third), () -> done.add("f")));
        assertSame(first, assertThrows(Throwable.class, cleanup::finish));
        assertArrayEquals(new Throwable[] {second, third}, first.getSuppressed());
        assertEquals(List.of("a", "b", "c", "d", "e", "f"), done);
    }

    @Test
    void nothingIsThrownWhenAllSucceeds() {
        Cleanup cleanup = new Cleanup().run(() -> done.add("a"));
        cleanup.finish();
        assertNull(cleanup.failure());
        assertThrows(IllegalStateException.class, cleanup::rethrow);
    }

    @Test
    void theFailureBeforeComesFirst() {
        IOException before = new IOException("before");
        IllegalStateException later = new IllegalStateException("later");
        Cleanup cleanup = Cleanup.after(before).run(failing("a", later)).run(failing("b", before));
        assertSame(before, assertThrows(Throwable.class, cleanup::rethrow));
        assertArrayEquals(new Throwable[] {later}, before.getSuppressed());
    }
}
