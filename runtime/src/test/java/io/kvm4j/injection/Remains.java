package io.kvm4j.injection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What this process holds: descriptors, mappings of kvm4j's, and threads. */
record Remains(List<String> descriptors, Map<Long, Long> mappings, Set<Thread> threads) {
    private static final int PATIENCE_MILLIS = 3_000;
    private static final int GC_AFTER_MILLIS = 200;

    static Remains now() {
        return new Remains(openDescriptors(), Faults.mappings(), liveThreads());
    }

    private static List<String> openDescriptors() {
        try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
            return entries.map(Remains::target).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a descriptor is of, without the number that tells sockets and pipes apart. */
    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor)
                    .toString()
                    .replaceFirst("\\[\\d+]", "[]")
                    .replaceFirst("/proc/\\d+", "/proc/self");
        } catch (IOException closed) {
            return "closed meanwhile";
        }
    }

    private static Set<Thread> liveThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getThreadGroup() != null
                        && !t.getThreadGroup().getName().equals("system"))
                .collect(Collectors.toSet());
    }

    /** What there is more than before, once what ends by itself has had the time to. */
    List<String> leaked() throws InterruptedException {
        List<String> more = more();
        for (int millis = 0; !more.isEmpty() && millis < PATIENCE_MILLIS; millis += 10) {
            if (millis > GC_AFTER_MILLIS && millis % 100 == 0) {
                System.gc(); // for memory that is unmapped when nothing refers to it
            }
            Thread.sleep(10);
            more = more();
        }
        return more;
    }

    private List<String> more() {
        Remains now = now();
        List<String> more = new ArrayList<>(now.descriptors);
        descriptors.forEach(more::remove);
        more.remove("closed meanwhile");
        now.mappings.forEach((address, size) -> {
            if (!mappings.containsKey(address)) {
                more.add("a mapping of %d bytes".formatted(size));
            }
        });
        for (Thread thread : now.threads) {
            if (!threads.contains(thread)) {
                more.add("thread \"%s\"".formatted(thread.getName()));
            }
        }
        return more;
    }
}
