package io.kvm4j.headers.jextract;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.DiagnosticListener;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** The Java sources that a run of jextract generated into a directory. */
final class GeneratedCode {
    private static final String SNIPPET = "{@snippet lang=c :";

    private final JavaCompiler compiler;
    private final List<Path> sources;

    /**
     * Finds the sources of a directory.
     *
     * @throws HeadersException with {@link Problem#COMPILER_MISSING} on a JRE
     */
    GeneratedCode(Path directory) {
        JavaCompiler found = ToolProvider.getSystemJavaCompiler();
        if (found == null) {
            throw new HeadersException(
                    Problem.COMPILER_MISSING,
                    "there is no Java compiler in " + System.getProperty("java.home")
                            + "; run kvm4j on a JDK, not a JRE");
        }
        compiler = found;
        try (Stream<Path> files = Files.walk(directory)) {
            sources = files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The C declarations that stand in the Javadoc of top-level classes and of members of the header's class. */
    List<Snippet> snippets() {
        return withTask(_ -> {}, List.of("-proc:none"), task -> {
            DocTrees trees = DocTrees.instance(task);
            List<Snippet> snippets = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                new SnippetScanner(trees, snippets).scan(unit, null);
            }
            return snippets;
        });
    }

    /**
     * Compiles the sources.
     *
     * @param classes the directory for the classes
     * @return the first error, if javac takes offence at what jextract generated, as it does at a macro named
     *     {@code wait}
     */
    Optional<String> compile(Path classes) {
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        withTask(
                diagnostics,
                List.of("-proc:none", "-nowarn", "-implicit:none", "-d", classes.toString()),
                JavacTask::call);
        return diagnostics.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .map(diagnostic -> diagnostic.getMessage(Locale.ROOT))
                .findFirst();
    }

    private <T> T withTask(DiagnosticListener<JavaFileObject> diagnostics, Collection<String> options, Step<T> step) {
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
            return step.run((JavacTask) compiler.getTask(
                    Writer.nullWriter(),
                    files,
                    diagnostics,
                    options,
                    null,
                    files.getJavaFileObjectsFromPaths(sources)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @FunctionalInterface
    private interface Step<T> {
        T run(JavacTask task) throws IOException;
    }

    /**
     * A C declaration in Javadoc.
     *
     * @param owner the simple name of the top-level class that holds it
     * @param onClass whether it stands on the class itself, not on a member
     * @param text the declaration
     */
    record Snippet(String owner, boolean onClass, String text) {}

    private static final class SnippetScanner extends TreePathScanner<@Nullable Void, @Nullable Void> {
        private final DocTrees trees;
        private final List<Snippet> snippets;
        private String owner = "";

        SnippetScanner(DocTrees trees, List<Snippet> snippets) {
            this.trees = trees;
            this.snippets = snippets;
        }

        @Override
        public @Nullable Void visitClass(ClassTree node, @Nullable Void p) {
            if (getCurrentPath().getParentPath().getLeaf() instanceof CompilationUnitTree) {
                owner = node.getSimpleName().toString();
                add(true);
                return super.visitClass(node, null);
            }
            return null;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree node, @Nullable Void p) {
            add(false);
            return null;
        }

        @Override
        public @Nullable Void visitVariable(VariableTree node, @Nullable Void p) {
            add(false);
            return null;
        }

        private void add(boolean onClass) {
            String comment = trees.getDocComment(getCurrentPath());
            int start = comment == null ? -1 : comment.indexOf(SNIPPET);
            if (comment != null && start >= 0) {
                String text = comment.substring(start + SNIPPET.length(), comment.lastIndexOf('}'));
                snippets.add(new Snippet(owner, onClass, text.strip()));
            }
        }
    }
}
