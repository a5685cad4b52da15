package org.pellucid.explain.run;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.view.Drawing;
import org.pellucid.explain.view.ReportPage;
import org.pellucid.explain.view.ReportPage.Card;
import org.pellucid.explain.view.ReportPage.Figure;
import org.pellucid.explain.view.ReportPage.ImageEntry;
import org.pellucid.explain.view.ReportPage.Row;
import org.pellucid.explain.view.ReportWriter;

/**
 * Draws every input and explanation as PNG in the input's folder and writes {@code index.html} with
 * all of them side by side.
 */
public final class ReportSink implements Sink {
  static final String FILE_NAME = "index.html";

  private final Path directory;
  private final Wording wording;
  private final ReportWriter report;

  /**
   * What the page says.
   *
   * @param title of the page
   * @param subtitle below it, for example which weights
   * @param footer at the end
   * @param cards links to other pages
   * @param outputs names of the classes
   */
  public record Wording(
      String title, String subtitle, String footer, List<Card> cards, OutputNames outputs) {}

  /**
   * Begins a report of a run by these methods.
   *
   * @throws java.io.UncheckedIOException if the folder can't be written to
   */
  public ReportSink(Path directory, Wording wording, List<Method> methods) {
    this.directory = directory;
    this.wording = wording;
    var rows = new ArrayList<Row>();
    rows.add(
        new Row(
            ReportPage.IMAGE,
            "The images",
            "As the network sees them, with its predictions.",
            Map.of()));
    methods.forEach(method -> rows.add(row(method)));
    this.report =
        new ReportWriter(directory.resolve(FILE_NAME), new ReportPage(wording.title(), rows));
  }

  private static Row row(Method method) {
    var parameters = new LinkedHashMap<String, String>();
    method.parameters().asMap().forEach((name, value) -> parameters.put(name, Figures.text(value)));
    return new Row(method.name(), method.title(), method.sentence(), parameters);
  }

  @Override
  public void accept(ExplainedInput input) {
    var figures = new LinkedHashMap<String, Figure>();
    figures.put(ReportPage.IMAGE, image(input));
    for (var explanation : input.explanations()) {
      figures.put(explanation.method(), figure(input, explanation));
    }
    report.add(new ImageEntry(input.name(), figures));
  }

  private Figure image(ExplainedInput input) {
    var file = input.name() + "/image.png";
    Drawing.of(input.input()).write(directory.resolve(file));
    var probabilities = Figures.softmax(input.outputs());
    var numbers = new LinkedHashMap<String, String>();
    for (var i = 0; i < probabilities.length; i++) {
      numbers.put(wording.outputs().of(i), Figures.percent(probabilities[i], 1));
    }
    var best = input.outputs().indexOfLargest();
    var label = input.label();
    var known =
        label.isPresent() && label.getAsInt() < probabilities.length
            ? wording.outputs().of(label.getAsInt())
            : "no label";
    var caption =
        "%s: predicted %s, %s"
            .formatted(known, wording.outputs().of(best), Figures.percent(probabilities[best], 0));
    return new Figure(link(file), caption, numbers, "");
  }

  private Figure figure(ExplainedInput input, Explanation explanation) {
    var stem = input.name() + "/" + explanation.method();
    Drawing.of(explanation, input.input()).write(directory.resolve(stem + ".png"));
    var numbers = new LinkedHashMap<String, String>();
    numbers.put("explained", explained(explanation.target()));
    numbers.put("smallest value", Figures.number(explanation.values().min()));
    numbers.put("largest value", Figures.number(explanation.values().max()));
    explanation
        .quality()
        .forEach(figure -> numbers.put(figure.name(), Figures.number(figure.value())));
    numbers.put("seconds", Figures.number(explanation.seconds()));
    return new Figure(
        link(stem + ".png"), Figures.caption(explanation), numbers, link(stem + ".npy"));
  }

  /** A path as a page refers to it: a name may hold spaces, # or letters beyond ASCII. */
  static String link(String path) {
    return Arrays.stream(path.split("/"))
        .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
        .collect(Collectors.joining("/"));
  }

  private String explained(Target target) {
    return target instanceof Target.Output output
        ? wording.outputs().of(output.index())
        : target.text();
  }

  @Override
  public void fail(String name, String reason) {
    report.fail(name, reason);
  }

  @Override
  public void finish(RunSummary summary) {
    var subtitle = "%s · %.0f seconds".formatted(wording.subtitle(), summary.seconds());
    report.finish(subtitle, wording.cards(), wording.footer());
  }

  @Override
  public void close() {
    report.close();
  }
}
