package org.pellucid.explain.comparison;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.view.ComparisonPage;
import org.pellucid.explain.view.Pages;
import org.pellucid.weights.AtomicFile;

/**
 * Writes a comparison: {@code evaluation.csv} with every figure, {@code evaluation.json} with
 * means, intervals, rankings, mean curves and all that they depend on, and {@code index.html}.
 */
public final class ComparisonFiles {
  static final String SCHEMA = "pellucid-evaluation";
  private static final int VERSION = 1;
  private static final JsonMapper JSON = new JsonMapper();

  private final ComparisonResult result;
  private final Map<String, Object> about;

  private ComparisonFiles(ComparisonResult result, Map<String, Object> about) {
    this.result = result;
    this.about = about;
  }

  /**
   * Writes all files; each appears under its name only when it is whole.
   *
   * @param about the run: the weights and the like
   * @param subtitle of the page, a line
   * @throws UncheckedIOException if a file can't be written
   */
  public static void write(
      ComparisonResult result, Map<String, Object> about, String subtitle, Path directory) {
    var files = new ComparisonFiles(result, about);
    Pages.writeText(directory.resolve("evaluation.csv"), files.csv());
    files.writeJson(directory.resolve("evaluation.json"));
    Pages.write(files.page(subtitle), directory.resolve("index.html"));
  }

  private String csv() {
    var text = new StringBuilder("image,method,metric,value\n");
    for (var row : result.rows()) {
      for (var method = 0; method < result.methods().size(); method++) {
        for (var metric = 0; metric < result.metrics().size(); metric++) {
          var figure = row.figures().get(method).get(metric);
          text.append(quoted(row.input()))
              .append(',')
              .append(quoted(result.methods().get(method).name()))
              .append(',')
              .append(quoted(result.metrics().get(metric).name()))
              .append(',')
              .append(figure.map(quality -> Double.toString(quality.value())).orElse(""))
              .append('\n');
        }
      }
    }
    return text.toString();
  }

  private static String quoted(String name) {
    return name.matches("[^,\"\\r\\n]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  private void writeJson(Path file) {
    var root = new LinkedHashMap<String, Object>();
    root.put("schema", SCHEMA);
    root.put("version", VERSION);
    root.putAll(about);
    root.put("methods", methods());
    root.put("metrics", metrics());
    root.put("means", means());
    root.put("rankings", rankings());
    root.put("curves", curves());
    root.put("images", images());
    root.put("failed", result.failed());
    try {
      var bytes = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
      AtomicFile.write(file, temporary -> Files.write(temporary, bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The file %s can't be written; choose another place.".formatted(file), e);
    }
  }

  private List<Map<String, Object>> methods() {
    return result.methods().stream()
        .map(
            method ->
                ordered(
                    "name", method.name(),
                    "title", method.title(),
                    "parameters", method.parameters().asMap()))
        .toList();
  }

  private List<Map<String, Object>> metrics() {
    var metrics = new ArrayList<Map<String, Object>>();
    for (var i = 0; i < result.metrics().size(); i++) {
      var descriptor = result.metrics().get(i).descriptor();
      metrics.add(
          ordered(
              "name", descriptor.name(),
              "title", descriptor.title(),
              "meaning", descriptor.meaning(),
              "source", descriptor.source(),
              "better", ParameterType.text(descriptor.direction()),
              "parameters", result.parameters(i)));
    }
    return metrics;
  }

  private static Map<String, Object> ordered(Object... entries) {
    var map = new LinkedHashMap<String, Object>();
    for (var i = 0; i < entries.length; i += 2) {
      map.put((String) entries[i], entries[i + 1]);
    }
    return map;
  }

  private List<Map<String, Object>> means() {
    var means = new ArrayList<Map<String, Object>>();
    for (var method = 0; method < result.methods().size(); method++) {
      for (var metric = 0; metric < result.metrics().size(); metric++) {
        var mean = result.mean(method, metric);
        means.add(
            ordered(
                "method", result.methods().get(method).name(),
                "metric", result.metrics().get(metric).name(),
                "mean", mean.mean(),
                "low", mean.low(),
                "high", mean.high(),
                "images", mean.inputs()));
      }
    }
    return means;
  }

  private Map<String, Object> rankings() {
    var rankings = new LinkedHashMap<String, Object>();
    rankings.put("all", result.ranking(Optional.empty()).places());
    for (var metric = 0; metric < result.metrics().size(); metric++) {
      rankings.put(
          result.metrics().get(metric).name(), result.ranking(Optional.of(metric)).places());
    }
    return rankings;
  }

  private List<Map<String, Object>> curves() {
    var curves = new ArrayList<Map<String, Object>>();
    for (var method = 0; method < result.methods().size(); method++) {
      for (var metric = 0; metric < result.metrics().size(); metric++) {
        var names =
            ordered(
                "method", result.methods().get(method).name(),
                "metric", result.metrics().get(metric).name());
        result
            .curve(method, metric)
            .ifPresent(
                mean -> {
                  names.put("curve", mean.curve());
                  names.put("low", mean.low());
                  names.put("high", mean.high());
                  curves.add(names);
                });
      }
    }
    return curves;
  }

  private List<Map<String, Object>> images() {
    var images = new ArrayList<Map<String, Object>>();
    for (var row : result.rows()) {
      var values = new LinkedHashMap<String, Object>();
      for (var method = 0; method < result.methods().size(); method++) {
        var figures = new LinkedHashMap<String, Object>();
        for (var figure : row.figures().get(method)) {
          figure.ifPresent(quality -> figures.put(quality.name(), quality.value()));
        }
        values.put(result.methods().get(method).name(), figures);
      }
      images.add(ordered("image", row.input(), "target", row.target().text(), "values", values));
    }
    return images;
  }

  private ComparisonPage page(String subtitle) {
    var metrics = new ArrayList<ComparisonPage.Metric>();
    for (var i = 0; i < result.metrics().size(); i++) {
      metrics.add(metric(i));
    }
    return new ComparisonPage(
        "Explanation methods compared",
        subtitle,
        result.rows().size(),
        result.methods().stream()
            .map(
                method ->
                    new ComparisonPage.Method(
                        method.name(), method.title(), texts(method.parameters().asMap())))
            .toList(),
        metrics,
        places(result.ranking(Optional.empty())),
        result.failed().stream()
            .map(f -> new ComparisonPage.Failure(f.input(), f.what(), f.reason()))
            .toList());
  }

  private ComparisonPage.Metric metric(int i) {
    var descriptor = result.metrics().get(i).descriptor();
    var cells = new ArrayList<ComparisonPage.Cell>();
    for (var method = 0; method < result.methods().size(); method++) {
      var mean = result.mean(method, i);
      cells.add(
          new ComparisonPage.Cell(
              mean.mean(),
              mean.low(),
              mean.high(),
              mean.inputs(),
              result
                  .curve(method, i)
                  .map(
                      c ->
                          new ComparisonPage.Line(
                              c.curve().x(),
                              c.curve().y(),
                              c.curve().positions(),
                              c.curve().values(),
                              c.low(),
                              c.high()))
                  .stream()
                  .toList()));
    }
    return new ComparisonPage.Metric(
        descriptor.name(),
        descriptor.title(),
        descriptor.meaning(),
        descriptor.source(),
        ParameterType.text(descriptor.direction()),
        texts(result.parameters(i)),
        cells,
        places(result.ranking(Optional.of(i))));
  }

  private List<ComparisonPage.Place> places(Ranking ranking) {
    var names = result.methods().stream().map(method -> method.name()).toList();
    return ranking.places().stream()
        .map(
            place ->
                new ComparisonPage.Place(
                    names.indexOf(place.method()),
                    place.rank(),
                    place.low(),
                    place.high(),
                    place.best()))
        .toList();
  }

  private static Map<String, String> texts(Map<String, Object> parameters) {
    var texts = new LinkedHashMap<String, String>();
    parameters.forEach(
        (name, value) ->
            texts.put(
                name,
                value instanceof Double number
                    ? String.format(Locale.ROOT, "%.4g", number)
                    : value.toString()));
    return texts;
  }
}
