package io.kvm4j.cli.paging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kvm4j.examples.paging.Mode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
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

    @Test
    void linesGoThroughTheirPointsFromLeftToRight() throws Exception {
        RateChart chart = new RateChart(List.of(
                new RateChart.Rate(Mode.EXIT, 4, 1000),
                new RateChart.Rate(Mode.UFFD, 1, 250),
                new RateChart.Rate(Mode.EXIT, 1, 500)));
        NodeList lines = elements(chart, "polyline");
        assertEquals(2, lines.getLength());
        // The highest touches the top, 500 stands half way down, 250 a quarter above the bottom.
        assertEquals("130,215 580,50", ((Element) lines.item(0)).getAttribute("points"));
        assertEquals("130,298", ((Element) lines.item(1)).getAttribute("points"));
        assertEquals(3, elements(chart, "circle").getLength());
        assertEquals(
                "exit, 1 vCPUs: 500 pages/s", elements(chart, "title").item(0).getTextContent());
    }

    @Test
    void nothingMakesAnEmptyChart() throws Exception {
        assertEquals(0, elements(new RateChart(List.of()), "polyline").getLength());
    }
}
