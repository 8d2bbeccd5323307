import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Says what surefire's reports in the given directories hold: how many tests ran, which failed, which were skipped and
 * why. Leaves with status 1 if any failed, or if none ran.
 */
record TestReport(String name, Outcome outcome, String reason) {
    enum Outcome {
        PASSED,
        FAILED,
        SKIPPED
    }

    public static void main(String[] args) throws Exception {
        List<TestReport> tests = new ArrayList<>();
        for (String directory : args) {
            tests.addAll(readDirectory(Path.of(directory)));
        }
        print(tests, Outcome.FAILED);
        print(tests, Outcome.SKIPPED);
        long passed = count(tests, Outcome.PASSED);
        long failed = count(tests, Outcome.FAILED);
        System.out.printf("%d passed, %d failed, %d skipped%n", passed, failed, count(tests, Outcome.SKIPPED));
        System.exit(failed > 0 || passed == 0 ? 1 : 0);
    }

    private static List<TestReport> readDirectory(Path directory) throws Exception {
        List<TestReport> tests = new ArrayList<>();
        for (Path file : xmlFiles(directory)) {
            NodeList cases = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(file.toFile())
                    .getElementsByTagName("testcase");
            IntStream.range(0, cases.getLength())
                    .mapToObj(i -> read((Element) cases.item(i)))
                    .forEach(tests::add);
        }
        return tests;
    }

    private static List<Path> xmlFiles(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
                    .sorted()
                    .toList();
        }
    }

    private static TestReport read(Element test) {
        String name = test.getAttribute("classname") + "." + test.getAttribute("name");
        for (String tag : List.of("failure", "error")) {
            if (test.getElementsByTagName(tag).item(0) instanceof Element element) {
                return new TestReport(name, Outcome.FAILED, reason(element));
            }
        }
        if (test.getElementsByTagName("skipped").item(0) instanceof Element element) {
            return new TestReport(name, Outcome.SKIPPED, reason(element));
        }
        return new TestReport(name, Outcome.PASSED, "");
    }

    private static String reason(Element element) {
        String message = element.getAttribute("message");
        String text = message.isBlank() ? element.getTextContent() : message;
        String line = text.strip().lines().findFirst().orElse("no reason given");
        return line.replaceFirst("^[\\w.]+TestAbortedException: (Assumption failed: )?", "");
    }

    /** One line for each reason, with the tests that share it. */
    private static void print(List<TestReport> tests, Outcome outcome) {
        Map<String, List<String>> byReason = tests.stream()
                .filter(test -> test.outcome == outcome)
                .collect(Collectors.groupingBy(
                        test -> test.reason, TreeMap::new, Collectors.mapping(test -> test.name, Collectors.toList())));
        byReason.forEach((reason, names) -> System.out.printf(
                "%s %d: %s (%s)%n", outcome.name().toLowerCase(), names.size(), reason, String.join(", ", names)));
    }

    private static long count(List<TestReport> tests, Outcome outcome) {
        return tests.stream().filter(test -> test.outcome == outcome).count();
    }
}
