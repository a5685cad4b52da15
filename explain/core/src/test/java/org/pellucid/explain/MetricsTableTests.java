package org.pellucid.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.metrics.MetricDescriptor;

/** The documentation's table of metrics says what their descriptors say. */
class MetricsTableTests {
  private static final String BEGIN = "<!-- begin of the metrics' table -->\n";
  private static final String END = "<!-- end of the metrics' table -->\n";

  @Test
  void documentsEveryMetricAsItIsDescribed() throws IOException {
    var file = Path.of(System.getProperty("pellucid.root"), "docs/evaluation.md");
    var text = Files.readString(file);
    var begin = text.indexOf(BEGIN);
    var end = text.indexOf(END);
    assertThat(begin >= 0 && end > begin).as("%s marks the table", file).isTrue();
    assertThat(text.substring(begin + BEGIN.length(), end))
        .as("the table in %s; put the expected text in its place", file)
        .isEqualTo(table());
  }

  static String table() {
    return Metrics.builtIn().stream()
        .map(MetricsTableTests::rows)
        .collect(
            Collectors.joining(
                "",
                """
                | metric | what it says; its parameters | values | default |
                |---|---|---|---|
                """,
                ""));
  }

  private static String rows(MetricDescriptor metric) {
    var standard = metric.standard().parameters().asMap();
    var title =
        "| **`%s`** | **%s.** %s%s *%s* | %s | |\n"
            .formatted(
                metric.name(),
                metric.title(),
                metric.meaning(),
                metric.needsMask() ? " Needs masks." : "",
                metric.source(),
                switch (metric.effort()) {
                  case MAP -> "looks at the map";
                  case OUTPUTS -> "runs the model";
                  case EXPLANATIONS -> "explains again";
                });
    return metric.parameters().stream()
        .map(parameter -> row(parameter, standard.get(parameter.name())))
        .collect(Collectors.joining("", title, ""));
  }

  private static String row(Parameter<?> parameter, Object standard) {
    return "| `%s` | %s | %s | %s |\n"
        .formatted(parameter.name(), parameter.sentence(), parameter.type().allowed(), standard);
  }
}
