package io.kvm4j.processor.model;

import io.kvm4j.snapshot.RecordKind;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.SourceVersion;

/** Turns C names into Java names. */
public final class Names {
    /** Methods that every object, view or exit has, and which a field's accessor would collide with, and {@code yield}. */
    private static final Set<String> TAKEN = Set.of(
            "notify",
            "notifyAll",
            "wait",
            "getClass",
            "hashCode",
            "toString",
            "clone",
            "finalize",
            "segment",
            "layout",
            "capacity",
            "moveTo",
            "yield",
            "arm",
            "struct",
            "runArea",
            "reason");

    private static final Pattern PREDICATE = Pattern.compile("(is|has|can)[A-Z]\\w*");

    /** The static field of every view. */
    private static final String LAYOUT = "LAYOUT";

    private Names() {}

    /** A type's name: {@code kvm_cpuid_entry2} becomes {@code KvmCpuidEntry2}. */
    public static String type(String cName) {
        StringBuilder name = new StringBuilder();
        for (String word : cName.split("_+", -1)) {
            if (!word.isEmpty()) {
                name.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
            }
        }
        if (name.isEmpty()) {
            return "Underscores" + cName.length();
        }
        return SourceVersion.isName(name) ? name.toString() : "N" + name;
    }

    /** A record's name: that of its C name, and which kind it is where it would hide a type of {@code java.lang}. */
    public static String record(String cName, RecordKind kind) {
        String name = type(cName);
        return JavaLang.isHiddenBy(name) || name.equals(LAYOUT) ? name + type(kind.keyword()) : name;
    }

    /** A member's name: {@code guest_phys_addr} becomes {@code guestPhysAddr}, and {@code notify} {@code notify_}. */
    public static String member(String cName) {
        String type = type(cName);
        String name = type.substring(0, 1).toLowerCase(Locale.ROOT) + type.substring(1);
        return SourceVersion.isKeyword(name) || TAKEN.contains(name) ? name + "_" : name;
    }

    /** Whether the name of a member reads as a predicate, as {@code isWrite} does. */
    static boolean isPredicate(String member) {
        return PREDICATE.matcher(member).matches();
    }

    /** The type that a macro names: {@code KVM_EXIT_S390_SIEIC} without its prefix becomes {@code S390Sieic}. */
    public static String macro(String cName, String prefix) {
        return type(cName.substring(prefix.length()).toLowerCase(Locale.ROOT));
    }

    /** Appends underscores to a name until no other has it, and takes it. */
    public static String unique(String name, Set<String> taken) {
        String candidate = name;
        while (!taken.add(candidate)) {
            candidate += "_";
        }
        return candidate;
    }
}
