package io.kvm4j.processor;

import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.diagnostics.Site;
import io.kvm4j.processor.resolve.Bindings;
import io.kvm4j.processor.spec.PackageSpec;
import io.kvm4j.snapshot.Snapshot;
import io.kvm4j.snapshot.SnapshotJson;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.annotation.processing.Filer;
import javax.annotation.processing.FilerException;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.ModuleElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;
import javax.tools.FileObject;
import javax.tools.StandardLocation;

/**
 * The snapshots that bindings carry among their classes, so that specs which are compiled against the bindings need no
 * snapshot of their own: a list of their names, and each as a file.
 */
final class CarriedSnapshots {
    private static final String FOLDER = "META-INF/kvm4j/snapshots/";
    private static final String LIST = "META-INF/kvm4j/snapshots.list";

    /** A class of the bindings that all generated ioctls call. */
    private static final String SUPPORT = "io/kvm4j/uapi/IoctlCall";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]*/[A-Za-z0-9_]+\\.json");

    private CarriedSnapshots() {}

    /** Writes the snapshots that packages are generated from, those of the packages' architectures; nothing without any. */
    static void write(Bindings bindings, Filer filer) {
        Element[] origins =
                bindings.packages().stream().map(p -> p.spec().element()).toArray(Element[]::new);
        Map<String, Snapshot> carried = carried(bindings);
        if (carried.isEmpty()) {
            return;
        }
        try {
            write(filer, LIST, String.join("\n", carried.keySet()) + "\n", origins);
            for (Map.Entry<String, Snapshot> snapshot : carried.entrySet()) {
                write(filer, FOLDER + snapshot.getKey(), SnapshotJson.write(snapshot.getValue()), origins);
            }
        } catch (FilerException e) {
            // An earlier round has written them: they are the same in each.
            return;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + FOLDER, e);
        }
    }

    private static Map<String, Snapshot> carried(Bindings bindings) {
        Set<String> architectures = bindings.packages().stream()
                .map(Bindings.BoundPackage::spec)
                .filter(PackageSpec::hasArchitecture)
                .map(p -> p.architecture().value())
                .collect(Collectors.toSet());
        Map<String, Snapshot> carried = new LinkedHashMap<>();
        if (!bindings.packages().isEmpty()) {
            bindings.snapshots().all().stream()
                    .filter(s -> architectures.isEmpty() || architectures.contains(s.architecture()))
                    .forEach(s -> carried.putIfAbsent(s.headerSet() + "/" + s.architecture() + ".json", s));
        }
        return carried;
    }

    private static void write(Filer filer, String name, String text, Element... origins) throws IOException {
        FileObject file = filer.createResource(StandardLocation.CLASS_OUTPUT, "", name, origins);
        try (Writer writer = file.openWriter()) {
            writer.write(text);
        }
    }

    /** Reads what the first module or class path entry that carries snapshots has; nothing if there is none. */
    static List<Snapshot> read(ProcessingEnvironment environment, Site site, Report report) {
        try {
            for (Place place : places(environment)) {
                Optional<InputStream> list = place.open(LIST);
                if (list.isPresent()) {
                    return read(place, list.get());
                }
            }
        } catch (IOException e) {
            report.add(Code.SNAPSHOT_UNREADABLE, site, String.valueOf(e.getMessage()));
        }
        return List.of();
    }

    private static List<Snapshot> read(Place place, InputStream list) throws IOException {
        List<String> names;
        try (list) {
            names = new String(list.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
        List<Snapshot> snapshots = new ArrayList<>();
        for (String name : names) {
            Optional<InputStream> file = NAME.matcher(name).matches() ? place.open(FOLDER + name) : Optional.empty();
            if (file.isEmpty()) {
                throw new IOException("the bindings list a snapshot that they don't carry: " + name);
            }
            try (InputStream in = file.get()) {
                snapshots.add(SnapshotJson.read(in, FOLDER + name));
            }
        }
        return snapshots;
    }

    /** Opens a file by its name relative to a module or the class path; nothing if there is no such file. */
    @FunctionalInterface
    private interface Place {
        Optional<InputStream> open(String name) throws IOException;
    }

    /** The modules that were found, the bindings that all generated code needs, and the folders of the class path. */
    private static List<Place> places(ProcessingEnvironment environment) {
        List<Place> places = new ArrayList<>();
        Elements elements = environment.getElementUtils();
        for (ModuleElement module : elements.getAllModuleElements()) {
            if (!module.isUnnamed()) {
                addRoot(places, fileOf(elements, module), "module-info.class");
            }
        }
        // A jar on the class path: javac's own search leaves out META-INF there.
        TypeElement call = elements.getTypeElement(SUPPORT.replace('/', '.'));
        if (call != null) {
            addRoot(places, fileOf(elements, call), SUPPORT + ".class");
        }
        places.add(name -> openOnClassPath(environment.getFiler(), name));
        return places;
    }

    private static void addRoot(List<Place> places, String file, String name) {
        if (file.endsWith("/" + name) && !file.startsWith("jrt:")) {
            String root = file.substring(0, file.length() - name.length());
            places.add(path -> openUri(root + path));
        }
    }

    /** Returns where the class file of a module or a type is; an empty text if it has none. */
    private static String fileOf(Elements elements, Element element) {
        try {
            FileObject file = elements.getFileObjectOf(element);
            return file == null ? "" : file.toUri().toString();
        } catch (NullPointerException e) {
            // With --release, javac fails at the JDK's internal modules, which it knows by name alone.
            return "";
        }
    }

    private static Optional<InputStream> openUri(String uri) throws IOException {
        try {
            URLConnection connection = URI.create(uri).toURL().openConnection();
            connection.setUseCaches(false);
            return Optional.of(connection.getInputStream());
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
    }

    private static Optional<InputStream> openOnClassPath(Filer filer, String name) throws IOException {
        try {
            return Optional.of(
                    filer.getResource(StandardLocation.CLASS_PATH, "", name).openInputStream());
        } catch (FileNotFoundException | NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
