package io.kvm4j.headers.diff;

import io.kvm4j.headers.diff.Difference.Change;
import io.kvm4j.headers.diff.Difference.Subject;
import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.Snapshot;
import io.kvm4j.snapshot.SpecClaims;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What differences between two header sets mean to an author of specs for the earlier one.
 *
 * @param kind what has happened
 * @param name the declaration, or the prefix of a group of macros with {@code *} at its end
 * @param text what to write or to look at, in a sentence
 */
public record SpecTask(Kind kind, String name, String text) {

    /** What can have happened, most urgent first. */
    public enum Kind {
        /** A spec that names it no longer compiles. */
        GONE(true),
        /** A method's argument or number is another. */
        CHANGED_IOCTL(true),
        /** There is no method for it. */
        NEW_IOCTL(true),
        /** Loops without a default must handle it, and it may have an arm. */
        NEW_EXIT(true),
        /** No spec makes an enum of these macros. */
        NEW_GROUP(true),
        /** A macro of another value. */
        CHANGED_CONSTANT(false),
        /** Joins the enum of its prefix, if there is one. */
        EXTENDED_GROUP(false),
        /** A constant that shares its prefix with no other. */
        NEW_CONSTANT(false),
        /** Joins the capabilities. */
        NEW_CAPABILITY(false),
        /** Accessors come, go and move with their fields. */
        CHANGED_RECORD(false);

        private final boolean isWork;

        Kind(boolean isWork) {
            this.isWork = isWork;
        }

        /** Whether there is something to write; the rest comes by itself. */
        public boolean isWork() {
            return isWork;
        }
    }

    /** All tasks that a diff gives, most urgent first. */
    public static List<SpecTask> of(SetDiff diff) {
        List<SpecTask> tasks = new ArrayList<>();
        for (Subject subject : SetDiff.subjects()) {
            if (subject == Subject.CONSTANT) {
                tasks.addAll(groups(diff));
            }
            if (subject == Subject.CAPABILITY) {
                capabilities(diff).ifPresent(tasks::add);
            }
            diff.entries(subject).stream()
                    .filter(entry -> concerns(entry.difference(), diff.claims()))
                    .map(entry -> task(entry, diff))
                    .flatMap(Optional::stream)
                    .distinct()
                    .forEach(tasks::add);
        }
        tasks.sort(Comparator.comparing(SpecTask::kind));
        return tasks;
    }

    /** Whether a difference means anything to specs that claim something; to an author who has none, all of them do. */
    private static boolean concerns(Difference difference, SpecClaims claims) {
        if (claims.isEmpty() || difference.subject() == Subject.RECORD) {
            return true;
        }
        boolean isClaimed = claims.ioctls().contains(difference.name())
                || claims.constants().contains(difference.name());
        return switch (difference.change()) {
            case ADDED -> !isClaimed;
            case REMOVED -> isClaimed;
            case CHANGED -> true;
        };
    }

    private static Optional<SpecTask> task(SetDiff.Entry entry, SetDiff diff) {
        Difference difference = entry.difference();
        String name = difference.name();
        return Optional.ofNullable(
                switch (difference.change()) {
                    case REMOVED ->
                        new SpecTask(Kind.GONE, name, "is gone: a spec or a program that names it no longer compiles");
                    case CHANGED ->
                        switch (difference.subject()) {
                            case IOCTL ->
                                new SpecTask(
                                        Kind.CHANGED_IOCTL,
                                        name,
                                        "was " + difference.before() + ": its method follows if it names the right"
                                                + " argument");
                            case RECORD -> new SpecTask(Kind.CHANGED_RECORD, name, "its accessors follow its fields");
                            case EXIT, CAPABILITY, CONSTANT, FIELD ->
                                new SpecTask(
                                        Kind.CHANGED_CONSTANT,
                                        name,
                                        "was " + difference.before() + ", is " + difference.after()
                                                + ": it is another number for the kernel");
                        };
                    case ADDED ->
                        switch (difference.subject()) {
                            case IOCTL ->
                                new SpecTask(
                                        Kind.NEW_IOCTL,
                                        name,
                                        "a method with @Ioctl(\"" + name + "\") on the interface of its descriptor, or"
                                                + " a place in @Unclaimed with a reason");
                            case EXIT -> new SpecTask(Kind.NEW_EXIT, name, exit(name, diff));
                            case RECORD, CAPABILITY, CONSTANT, FIELD -> null;
                        };
                });
    }

    /** An arm is found by the reason's own name; an author has to name one that is called otherwise. */
    private static String exit(String reason, SetDiff diff) {
        String arm = reason.substring(ExitReasons.PREFIX.length()).toLowerCase(Locale.ROOT);
        boolean hasArm = diff.diffs().stream()
                .flatMap(d -> d.after().record("kvm_run").stream())
                .anyMatch(run -> Fields.of(run).containsKey(arm));
        return "is a type of KvmExit by itself, which every switch without a default must handle; "
                + (hasArm
                        ? "its arm of struct kvm_run is " + arm
                        : "struct kvm_run has no arm " + arm + ": name one with @Exit(value = \"" + reason
                                + "\", arm = …) if it has any");
    }

    private static Optional<SpecTask> capabilities(SetDiff diff) {
        String names = diff.entries(Subject.CAPABILITY).stream()
                .map(SetDiff.Entry::difference)
                .filter(difference -> difference.change() == Change.ADDED)
                .map(difference -> difference.name().substring(SnapshotDiff.CAPABILITIES.length()))
                .distinct()
                .collect(Collectors.joining(", "));
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new SpecTask(Kind.NEW_CAPABILITY, SnapshotDiff.CAPABILITIES + "*", "Capability gets " + names));
    }

    /** New constants by the group that their names put them into. */
    private static List<SpecTask> groups(SetDiff diff) {
        Map<String, Set<String>> added = new TreeMap<>();
        Set<String> extended = new HashSet<>();
        for (SnapshotDiff one : diff.diffs()) {
            Set<String> old = names(one.before());
            List<String> now = List.copyOf(names(one.after()));
            for (Difference difference : one.differences()) {
                if (difference.subject() == Subject.CONSTANT && difference.change() == Change.ADDED) {
                    String prefix = prefix(difference.name(), now);
                    added.computeIfAbsent(prefix, _ -> new TreeSet<>()).add(difference.name());
                    if (diff.claims().isEmpty() && old.stream().anyMatch(name -> name.startsWith(prefix))) {
                        extended.add(prefix);
                    }
                }
            }
        }
        List<SpecTask> tasks = new ArrayList<>();
        added.forEach((prefix, names) -> {
            Set<String> open = new TreeSet<>(names);
            open.removeIf(diff.claims()::hasConstant);
            Set<String> claimed = new TreeSet<>(names);
            claimed.removeAll(open);
            if (!claimed.isEmpty()) {
                tasks.add(group(prefix, claimed, true));
            }
            if (!open.isEmpty()) {
                tasks.add(group(prefix, open, extended.contains(prefix)));
            }
        });
        return tasks;
    }

    private static SpecTask group(String prefix, Set<String> names, boolean isExtended) {
        String list =
                names.stream().map(name -> name.substring(prefix.length())).collect(Collectors.joining(", "));
        if (names.contains(prefix)) {
            return new SpecTask(Kind.NEW_CONSTANT, prefix, "is a plain constant");
        }
        return isExtended
                ? new SpecTask(
                        Kind.EXTENDED_GROUP, prefix + "*", "an enum of this prefix, if there is one, gets " + list)
                : new SpecTask(
                        Kind.NEW_GROUP,
                        prefix + "*",
                        list + ": an enum with @FlagEnum or @ValueEnum(prefix = \"" + prefix
                                + "\"), if they are flags or values of one field");
    }

    private static Set<String> names(Snapshot snapshot) {
        return snapshot.constants().stream().map(Constant::name).collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * The longest start of a name, up to an underscore, that another name shares, of two words or more: one word says no
     * more than the subsystem. The name itself if there is none.
     */
    private static String prefix(String name, List<String> names) {
        int shortest = name.indexOf('_') + 1;
        for (int end = name.lastIndexOf('_'); end >= shortest; end = name.lastIndexOf('_', end - 1)) {
            String prefix = name.substring(0, end + 1);
            if (names.stream().filter(other -> other.startsWith(prefix)).count() > 1) {
                return prefix;
            }
        }
        return name;
    }
}
