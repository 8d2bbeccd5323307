package io.kvm4j.testbed.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheTest {
    @TempDir
    private Path root;

    private final List<String> messages = new ArrayList<>();
    private Cache cache;
    private int builds;

    @BeforeEach
    void open() {
        cache = new Cache(root, messages::add);
    }

    private Path get(String hash) throws IOException {
        return cache.get("thing", hash, directory -> {
            builds++;
            Files.writeString(directory.resolve("content"), "built");
        });
    }

    @Test
    void buildsOnce() throws IOException {
        assertFalse(cache.find("thing", "1").isPresent());
        Path entry = get("1");
        assertEquals(entry, get("1"));
        assertEquals(1, builds);
        assertTrue(cache.find("thing", "1").isPresent());
    }

    @Test
    void buildsOnceForSeveralThreads() throws Exception {
        CountDownLatch building = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
            Future<Path> first = pool.submit(() -> cache.get("thing", "1", directory -> {
                building.countDown();
                await(mayEnd);
                builds++;
            }));
            building.await();
            Future<Path> second = pool.submit(() -> get("1"));
            mayEnd.countDown();
            assertEquals(first.get(), second.get());
        }
        assertEquals(1, builds);
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void builtAgainAfterADrop() throws IOException {
        get("1");
        cache.drop("thing", "1");
        assertFalse(cache.find("thing", "1").isPresent());
        get("1");
        assertEquals(2, builds);
    }

    @Test
    void buildsOtherInputsAnew() throws IOException {
        get("1");
        get("2");
        assertEquals(2, builds);
    }

    @Test
    void aDamagedEntryIsBuiltAgain() throws IOException {
        for (String damage : List.of("changed", "")) {
            Path content = get("1").resolve("content");
            if (damage.isEmpty()) {
                Files.delete(content);
            } else {
                Files.writeString(content, damage);
            }
            assertEquals("built", Files.readString(get("1").resolve("content")));
        }
        assertEquals(3, builds);
        assertEquals(2, messages.size(), messages::toString);
    }

    @Test
    void aBuildThatFailsLeavesNothing() throws IOException {
        assertThrows(
                IOException.class,
                () -> cache.get("thing", "1", directory -> {
                    Files.writeString(directory.resolve("content"), "half");
                    throw new IOException("interrupted");
                }));
        assertFalse(cache.find("thing", "1").isPresent());
        try (Stream<Path> left = Files.list(root)) {
            assertEquals(
                    List.of("thing-1.lock"),
                    left.map(path -> path.getFileName().toString()).toList());
        }
    }

    @Test
    void whatAKilledBuildLeftIsNoEntryAndGivesWay() throws IOException {
        Path half = Files.createDirectories(root.resolve("thing-1.unfinished"));
        Files.writeString(half.resolve("content"), "half");
        assertEquals("built", Files.readString(get("1").resolve("content")));
        assertFalse(Files.exists(half));
    }

    @Test
    void whatNobodyUsedForLongGivesWay() throws IOException {
        Path old = get("1");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(31))));
        get("2");
        assertFalse(Files.exists(old));
    }
}
