import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * Checks the jars in the first of each pair of directories: each holds the licence, lets {@code java -jar} call native
 * code, and is the same to the byte as its namesake in the second. Leaves with status 1 if one doesn't, or if there are
 * none.
 */
void main(String[] args) throws IOException {
    List<String> problems = new ArrayList<>();
    int jars = 0;
    for (int i = 0; i < args.length; i += 2) {
        for (Path jar : jarsIn(Path.of(args[i]))) {
            jars++;
            check(jar, Path.of(args[i + 1]).resolve(jar.getFileName()), problems);
        }
    }
    problems.forEach(IO::println);
    IO.println(jars + " jars, " + problems.size() + " problems");
    System.exit(jars == 0 || !problems.isEmpty() ? 1 : 0);
}

private static void check(Path jar, Path again, List<String> problems) throws IOException {
    boolean isSources = jar.toString().endsWith("-sources.jar");
    try (JarFile file = new JarFile(jar.toFile())) {
        if (file.getEntry("META-INF/LICENSE") == null) {
            problems.add(jar + ": no META-INF/LICENSE");
        }
        Manifest manifest = file.getManifest();
        if (!isSources && !"ALL-UNNAMED".equals(manifest.getMainAttributes().getValue("Enable-Native-Access"))) {
            problems.add(jar + ": no Enable-Native-Access");
        }
    }
    if (!Files.exists(again) || Files.mismatch(jar, again) >= 0) {
        problems.add(jar + ": differs from " + again);
    }
}

private static List<Path> jarsIn(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
        return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
        return files.filter(f -> f.toString().endsWith(".jar")).sorted().toList();
    }
}
