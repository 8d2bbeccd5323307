package io.kvm4j.headers.oracle;

import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.Member;
import io.kvm4j.snapshot.MemberType;
import io.kvm4j.snapshot.RecordType;
import io.kvm4j.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which members of the headers' structs and unions a snapshot does not hold: no assertion can tell of what the snapshot
 * does not mention. The names are read from the preprocessed headers, with nothing but brackets and semicolons to go by.
 */
final class MemberCensus {
    private static final Pattern LINE_MARKER = Pattern.compile("# \\d+ \"([^\"]*)\".*");
    private static final Pattern ATTRIBUTE =
            Pattern.compile("__attribute__\\s*\\((?:[^()]|\\((?:[^()]|\\((?:[^()]|\\([^()]*\\))*\\))*\\))*\\)");
    private static final Pattern AGGREGATE = Pattern.compile("\\s*(?:typedef\\s+)?(struct|union|enum)\\s*(\\w*)\\s*");
    private static final Pattern FUNCTION_POINTER = Pattern.compile("\\(\\s*\\*+\\s*(\\w+)");
    private static final Pattern LAST_WORD = Pattern.compile("(\\w+)\\s*$");
    private static final Set<String> TYPE_WORDS = Set.of("int", "char", "short", "long", "signed", "unsigned", "_Bool");

    private final Snapshot snapshot;
    private final CCompiler compiler;
    private final String includes;
    private final Map<String, Set<String>> declared = new TreeMap<>();

    MemberCensus(Snapshot snapshot, CCompiler compiler, String includes) {
        this.snapshot = snapshot;
        this.compiler = compiler;
        this.includes = includes;
    }

    List<String> complaints() {
        for (String statement : statements(preprocessed())) {
            readStatement(statement, "", new TreeSet<>());
        }
        Map<String, Set<String>> held = new HashMap<>();
        for (RecordType type : snapshot.records()) {
            Set<String> paths = new HashSet<>();
            type.members().forEach(member -> addPaths(paths, "", member));
            held.put(type.cType(), paths);
        }
        List<String> complaints = new ArrayList<>();
        declared.forEach((type, paths) -> {
            if (!held.containsKey(type)) {
                complaints.add(type + " is missing from the snapshot");
            } else {
                paths.stream()
                        .filter(path -> !held.get(type).contains(path))
                        .forEach(path -> complaints.add("the member " + path + " of " + type + " is missing"));
            }
        });
        return complaints;
    }

    private static void addPaths(Set<String> paths, String prefix, Member member) {
        String path = prefix + member.name();
        paths.add(path);
        if (member.type() instanceof MemberType.Inline inline) {
            String inner = member.isAnonymous() ? prefix : path + ".";
            inline.members().forEach(nested -> addPaths(paths, inner, nested));
        }
    }

    /**
     * What the selected headers, of which the snapshot holds constants, are after preprocessing; without attributes,
     * array bounds and assertions.
     */
    private String preprocessed() {
        Set<String> selected =
                snapshot.constants().stream().map(Constant::header).collect(Collectors.toSet());
        StringBuilder text = new StringBuilder();
        boolean isSelected = false;
        for (String line : compiler.preprocess(includes).output().lines().toList()) {
            Matcher marker = LINE_MARKER.matcher(line);
            if (marker.matches()) {
                isSelected = selected.stream().anyMatch(path -> marker.group(1).endsWith("/" + path));
            } else if (isSelected) {
                text.append(line).append('\n');
            }
        }
        String withoutAttributes = ATTRIBUTE.matcher(text).replaceAll("");
        return withoutAttributes.replaceAll("\\[[^\\]]*\\]", "").replaceAll("_Static_assert\\s*\\([^;]*;", "");
    }

    /** Splits at semicolons outside of braces. */
    private static List<String> statements(String text) {
        List<String> statements = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (c == ';' && depth == 0) {
                statements.add(text.substring(start, i));
                start = i + 1;
            }
        }
        return statements;
    }

    /** Reads one declaration, and adds the paths of the members that it declares. */
    private void readStatement(String statement, String prefix, Set<String> paths) {
        int open = statement.indexOf('{');
        Matcher aggregate = AGGREGATE.matcher(open < 0 ? "" : statement.substring(0, open));
        if (!aggregate.matches()) {
            names(statement).forEach(name -> paths.add(prefix + name));
            return;
        }
        int close = statement.lastIndexOf('}');
        List<String> names = names(statement.substring(close + 1));
        names.forEach(name -> paths.add(prefix + name));
        if (aggregate.group(1).equals("enum")) {
            return;
        }
        String body = statement.substring(open + 1, close);
        if (!aggregate.group(2).isEmpty()) {
            Set<String> own =
                    declared.computeIfAbsent(aggregate.group(1) + " " + aggregate.group(2), _ -> new TreeSet<>());
            statements(body).forEach(inner -> readStatement(inner, "", own));
        } else if (names.isEmpty()) {
            statements(body).forEach(inner -> readStatement(inner, prefix, paths));
        } else {
            names.forEach(name -> statements(body).forEach(inner -> readStatement(inner, prefix + name + ".", paths)));
        }
    }

    private static List<String> names(String declarators) {
        Matcher pointer = FUNCTION_POINTER.matcher(declarators);
        if (pointer.find()) {
            return List.of(pointer.group(1));
        }
        List<String> names = new ArrayList<>();
        for (String declarator : declarators.split(",", -1)) {
            String[] parts = declarator.split(":", -1);
            Matcher last = LAST_WORD.matcher(parts[0].strip());
            boolean isUnnamed = parts.length > 1
                    && (!parts[0].strip().matches(".*\\W.*")
                            || TYPE_WORDS.stream().anyMatch(parts[0].strip()::endsWith))
                    && names.isEmpty();
            if (last.find() && !isUnnamed) {
                names.add(last.group(1));
            }
        }
        return names;
    }
}
