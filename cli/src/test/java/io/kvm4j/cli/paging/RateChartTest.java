package io.kvm4j.cli.paging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.examples.paging.Mode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class RateChartTest {
    private static NodeList elements(RateChart chart, String name) throws Exception {
        byte[] svg = chart.toSvg().getBytes(StandardCharsets.UTF_8);
        return DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg))
                .getElementsByTagName(name);
    }

    private static RateChart chart(RateChart.Rate... rates) {
        return new RateChart(List.of(rates), "a host, Linux 7.2 on amd64, 2026-11-27");
    }

    private static List<Element> texts(RateChart chart) throws Exception {
        NodeList texts = elements(chart, "text");
        return IntStream.range(0, texts.getLength())
                .mapToObj(i -> (Element) texts.item(i))
                .toList();
    }

    private static Element text(RateChart chart, String content) throws Exception {
        return texts(chart).stream()
                .filter(t -> t.getTextContent().equals(content))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void linesGoThroughTheirPointsFromLeftToRight() throws Exception {
        RateChart chart = chart(
                new RateChart.Rate(Mode.EXIT, 4, 1000),
                new RateChart.Rate(Mode.UFFD, 1, 250),
                new RateChart.Rate(Mode.EXIT, 1, 500));
        NodeList lines = elements(chart, "polyline");
        assertEquals(2, lines.getLength());
        // The highest touches the top, 500 is half way down, 250 a quarter above the bottom.
        assertEquals("130,215 580,50", ((Element) lines.item(0)).getAttribute("points"));
        assertEquals("130,298", ((Element) lines.item(1)).getAttribute("points"));
        assertEquals(3, elements(chart, "circle").getLength());
        assertEquals(
                "exit, 1 vCPUs: 500 pages/s", elements(chart, "title").item(0).getTextContent());
    }

    @Test
    void eachDoublingOfVcpusIsAsWide() throws Exception {
        RateChart chart = chart(
                new RateChart.Rate(Mode.EXIT, 1, 1),
                new RateChart.Rate(Mode.EXIT, 2, 1),
                new RateChart.Rate(Mode.EXIT, 3, 1),
                new RateChart.Rate(Mode.EXIT, 8, 1));
        assertEquals(
                "130,50 280,50 368,50 580,50",
                ((Element) elements(chart, "polyline").item(0)).getAttribute("points"));
    }

    @Test
    void namesOfLinesThatEndTogetherDoNotLieOnEachOther() throws Exception {
        RateChart chart = chart(
                new RateChart.Rate(Mode.EXIT, 2, 1000),
                new RateChart.Rate(Mode.UFFD, 2, 999),
                new RateChart.Rate(Mode.NONE, 2, 998));
        List<Integer> places = texts(chart).stream()
                .filter(t -> t.getTextContent().matches("exit|uffd|none"))
                .map(t -> Integer.parseInt(t.getAttribute("y")))
                .sorted()
                .toList();
        assertEquals(3, places.size());
        assertTrue(places.get(1) - places.get(0) >= 15 && places.get(2) - places.get(1) >= 15, places.toString());
    }

    @Test
    void labelsOfTheAxisDoNotTouch() throws Exception {
        RateChart chart = chart(IntStream.rangeClosed(1, 64)
                .mapToObj(n -> new RateChart.Rate(Mode.EXIT, n, n))
                .toArray(RateChart.Rate[]::new));
        List<Integer> places = texts(chart).stream()
                .filter(t -> t.getAttribute("y").equals("402"))
                .map(t -> Integer.parseInt(t.getAttribute("x")))
                .toList();
        for (int i = 1; i < places.size(); i++) {
            assertTrue(places.get(i) - places.get(i - 1) >= 26, places.toString());
        }
        assertEquals(64, elements(chart, "circle").getLength());
    }

    @Test
    void unitsAndOriginAreNamed() throws Exception {
        RateChart chart = new RateChart(List.of(new RateChart.Rate(Mode.EXIT, 1, 1)), "a <host>, Linux 7.2");
        assertTrue(text(chart, "pages/s").hasAttribute("x"));
        assertTrue(text(chart, "vCPUs (logarithmic scale)").hasAttribute("x"));
        assertTrue(text(chart, "a <host>, Linux 7.2").hasAttribute("x"));
    }

    @Test
    void nothingMakesAnEmptyChart() throws Exception {
        assertEquals(0, elements(chart(), "polyline").getLength());
    }
}
