package io.kvm4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The sizes of this host's huge pages, as its kernel lists them. */
final class HugePageSizes {
    private static final Path MEMORY = Path.of("/sys/kernel/mm");
    private static final Path LIST = MEMORY.resolve("hugepages");
    private static final Pattern ENTRY = Pattern.compile("hugepages-(\\d{1,12})kB");
    private static final int KIB = 10;

    private HugePageSizes() {}

    /**
     * Refuses a size that the host's huge pages do not have. Where the kernel's list cannot be read, mmap decides.
     *
     * @throws IllegalArgumentException if no huge page of this host is of that size
     */
    static void require(long pageSize) {
        boolean isListed = Files.isDirectory(MEMORY);
        List<Long> sizes = isListed ? sizes() : List.of();
        if (isListed && !sizes.contains(pageSize)) {
            throw new IllegalArgumentException("the host has no huge pages of %s: %s"
                    .formatted(
                            text(pageSize), sizes.isEmpty() ? "it has none at all" : "it has those of " + text(sizes)));
        }
    }

    /** In bytes, the smallest first; none if the kernel has no huge pages. */
    private static List<Long> sizes() {
        try (var entries = Files.list(LIST)) {
            return entries.map(entry -> ENTRY.matcher(entry.getFileName().toString()))
                    .filter(Matcher::matches)
                    .map(entry -> Long.parseLong(entry.group(1)) << KIB)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static String text(List<Long> sizes) {
        return sizes.stream().map(HugePageSizes::text).collect(Collectors.joining(" and "));
    }

    private static String text(long size) {
        long kib = size >> KIB;
        return kib << KIB == size ? kib + " KiB" : size + " bytes";
    }
}
