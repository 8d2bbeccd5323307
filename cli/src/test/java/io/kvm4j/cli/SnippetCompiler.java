package io.kvm4j.cli;

import com.sun.source.util.JavacTask;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles the Java of pages, which leaves out imports, the class around it, and what its reader has. */
final class SnippetCompiler {
    private static final String IMPORTS = Stream.of(
                    "io.kvm4j",
                    "io.kvm4j.channel",
                    "io.kvm4j.fault",
                    "io.kvm4j.migration",
                    "io.kvm4j.pages",
                    "io.kvm4j.state",
                    "io.kvm4j.uapi",
                    "java.time")
            .map("import %s.*; "::formatted)
            .collect(Collectors.joining());

    private SnippetCompiler() {}

    /**
     * Returns what javac says against a snippet.
     *
     * @param given declarations of what the reader has
     */
    static List<String> errors(String given, String snippet) throws IOException {
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        String path = Stream.of(System.getProperty("jdk.module.path"), System.getProperty("java.class.path"))
                .filter(Objects::nonNull)
                .collect(Collectors.joining(File.pathSeparator));
        String source = IMPORTS + "class Page { %s void page() throws Exception {\n%s\n} }".formatted(given, snippet);
        JavacTask task = (JavacTask) ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, said, List.of("-proc:none", "-cp", path), null, List.of(new Source(source)));
        task.analyze();
        return said.getDiagnostics().stream()
                .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
                .map(each -> each.getMessage(Locale.ROOT))
                .toList();
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String text) {
            super(URI.create("string:///Page.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
