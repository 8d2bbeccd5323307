package io.kvm4j.testbed.report;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Turns the report of JUnit's console launcher, which is one file, into Surefire's, which are one for each class. A
 * class bears the host's name as Surefire has it with {@code reportNameSuffix}: {@code io.kvm4j.MmioTest(mainline)} in
 * TEST-io.kvm4j.MmioTest-mainline.xml.
 */
public final class SurefireReports {
    private static final Pattern CLASS_NAME = Pattern.compile("[\\w$]+(\\.[\\w$]+)*");

    private final String host;
    private final Path directory;

    /**
     * Writes into a directory.
     *
     * @param host the name of the host that the tests ran on
     */
    public SurefireReports(String host, Path directory) {
        this.host = host;
        this.directory = directory;
    }

    /** How many tests of a report, or of several, ended how. */
    public record Counts(int passed, int failed, int skipped) {
        /** Nothing ran. */
        public static final Counts NONE = new Counts(0, 0, 0);

        /** Both together. */
        public Counts plus(Counts other) {
            return new Counts(passed + other.passed, failed + other.failed, skipped + other.skipped);
        }
    }

    /**
     * Writes a report for each class.
     *
     * @param consoleReport the file that JUnit's console launcher wrote
     */
    public Counts write(byte[] consoleReport) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            DocumentBuilder builder = factory.newDocumentBuilder();
            Document all = builder.parse(new ByteArrayInputStream(consoleReport));
            Files.createDirectories(directory);
            Counts counts = Counts.NONE;
            for (Map.Entry<String, List<Element>> tests : byClass(all).entrySet()) {
                Document report = builder.newDocument();
                counts = counts.plus(fill(report, tests.getKey(), tests.getValue()));
                save(report, directory.resolve("TEST-" + tests.getKey() + "-" + host + ".xml"));
            }
            return counts;
        } catch (ParserConfigurationException | SAXException | TransformerException e) {
            throw new IOException("JUnit's report cannot be read: " + e.getMessage(), e);
        }
    }

    /** The tests by their classes, whose names become those of files: the host must not choose where these lie. */
    private static Map<String, List<Element>> byClass(Document all) throws IOException {
        Map<String, List<Element>> classes = new LinkedHashMap<>();
        NodeList tests = all.getElementsByTagName("testcase");
        for (int i = 0; i < tests.getLength(); i++) {
            Element test = (Element) tests.item(i);
            String name = test.getAttribute("classname");
            if (!CLASS_NAME.matcher(name).matches()) {
                throw new IOException("JUnit's report names a class that is none");
            }
            classes.computeIfAbsent(name, _ -> new ArrayList<>()).add(test);
        }
        return classes;
    }

    private Counts fill(Document report, String className, List<Element> tests) {
        Element suite = report.createElement("testsuite");
        report.appendChild(suite);
        String name = className + "(" + host + ")";
        double seconds = 0;
        for (Element original : tests) {
            Element test = (Element) report.importNode(original, true);
            test.setAttribute("classname", name);
            test.setAttribute("name", test.getAttribute("name").replaceFirst("\\(\\)$", ""));
            seconds += Double.parseDouble(test.getAttribute("time"));
            suite.appendChild(test);
        }
        int failures = count(suite, "failure");
        int errors = count(suite, "error");
        int skipped = count(suite, "skipped");
        suite.setAttribute("name", name);
        suite.setAttribute("tests", String.valueOf(tests.size()));
        suite.setAttribute("failures", String.valueOf(failures));
        suite.setAttribute("errors", String.valueOf(errors));
        suite.setAttribute("skipped", String.valueOf(skipped));
        suite.setAttribute("time", "%.3f".formatted(seconds));
        return new Counts(tests.size() - failures - errors - skipped, failures + errors, skipped);
    }

    private static int count(Element suite, String tag) {
        return suite.getElementsByTagName(tag).getLength();
    }

    private static void save(Document report, Path file) throws TransformerException {
        Transformer transformer = TransformerFactory.newDefaultInstance().newTransformer();
        transformer.setOutputProperty(OutputKeys.INDENT, "yes");
        transformer.transform(new DOMSource(report), new StreamResult(file.toFile()));
    }
}
