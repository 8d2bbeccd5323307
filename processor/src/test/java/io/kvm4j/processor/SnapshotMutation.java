package io.kvm4j.processor;

import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Changes of a snapshot's text at random: numbers, names, types, whole lines. */
final class SnapshotMutation {
    private static final Pattern NUMBER = Pattern.compile("(?<=[ \\[])-?\\d+(?=[,}\\]])");
    private static final Pattern TEXT = Pattern.compile("(?<=: )\"[^\"]*\"");
    private static final List<String> NUMBERS = List.of(
            "0", "1", "3", "4", "7", "8", "16", "31", "32", "64", "1073741824", "4611686018427387904", "-1", "1.5");
    private static final List<String> TEXTS = List.of(
            "",
            "*/",
            "int",
            "_",
            "__",
            "class",
            "yield",
            "size",
            "is_x",
            "exception",
            "drv_regs",
            "drv_region",
            "struct",
            "union",
            "linux/drv.h",
            "asm/drv.h",
            "DRV_EXIT_THREAD",
            "DRV_EXIT_UNRECOGNIZED",
            "\\u002a/",
            "a b",
            "\\n");

    private SnapshotMutation() {}

    /** The text with one to three changes. */
    static String of(String text, Random random) {
        String mutated = text;
        for (int i = random.nextInt(3); i >= 0; i--) {
            mutated = once(mutated, random);
        }
        return mutated;
    }

    private static String once(String text, Random random) {
        return switch (random.nextInt(6)) {
            case 0, 1 -> replaced(text, NUMBER, random, pick(NUMBERS, random));
            case 2 -> replaced(text, TEXT, random, "\"" + pick(TEXTS, random) + "\"");
            case 3 -> replaced(text, TEXT, random, any(text, TEXT, random));
            case 4 -> replaced(text, NUMBER, random, any(text, NUMBER, random));
            default -> withoutLine(text, random);
        };
    }

    private static String withoutLine(String text, Random random) {
        List<String> lines = text.lines().toList();
        int line = random.nextInt(lines.size());
        StringBuilder rest = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            rest.append(i == line ? "" : lines.get(i) + "\n");
        }
        return rest.toString();
    }

    private static String replaced(String text, Pattern what, Random random, String replacement) {
        List<MatchResult> places = what.matcher(text).results().toList();
        MatchResult place = places.get(random.nextInt(places.size()));
        return text.substring(0, place.start()) + replacement + text.substring(place.end());
    }

    private static String any(String text, Pattern what, Random random) {
        List<MatchResult> places = what.matcher(text).results().toList();
        return places.get(random.nextInt(places.size())).group();
    }

    private static String pick(List<String> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }
}
