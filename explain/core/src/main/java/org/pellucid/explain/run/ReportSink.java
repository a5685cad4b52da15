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
import org.pellucid.explain.method.Display;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.view.Drawing;
import org.pellucid.explain.view.Pages;
import org.pellucid.explain.view.ReportPage;
import org.pellucid.explain.view.ReportPage.Card;
import org.pellucid.explain.view.ReportPage.Figure;
import org.pellucid.explain.view.ReportPage.ImageEntry;
import org.pellucid.explain.view.ReportPage.Row;
import org.pellucid.explain.view.ReportWriter;

/**
 * Draws every input and explanation as PNG in the input's folder, writes a page of its own there,
 * and {@code index.html} with all of them side by side. The report can be opened while the run
 * works; the work for an input doesn't grow with the number of inputs before it.
 */
public final class ReportSink implements Sink {
  static final String FILE_NAME = "index.html";

  private final Path directory;
  private final Wording wording;
  private final InputPages pages;
  private final ReportOptions options;
  private final ResultDrawings drawings;
  private final ReportWriter report;
  private final ImageOrder order;

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
   * Begins a report of a run by these methods, drawn as usual.
   *
   * @throws java.io.UncheckedIOException if the folder can't be written to
   */
  public ReportSink(Path directory, Wording wording, List<Method> methods) {
    this(directory, wording, methods, ReportOptions.standard());
  }

  /**
   * Begins a report of a run by these methods.
   *
   * @throws java.io.UncheckedIOException if the folder can't be written to
   */
  public ReportSink(Path directory, Wording wording, List<Method> methods, ReportOptions options) {
    this.directory = directory;
    this.wording = wording;
    this.options = options;
    pages = new InputPages(methods, wording.outputs(), options);
    drawings = new ResultDrawings(directory, methods, options);
    var rows = new ArrayList<Row>();
    rows.add(
        new Row(
            ReportPage.IMAGE,
            "Image",
            "The images as the network sees them, with its predictions.",
            Map.of()));
    methods.forEach(method -> rows.add(row(method)));
    report =
        new ReportWriter(
            directory.resolve(FILE_NAME),
            new ReportPage(wording.title(), wording.subtitle(), options.images(), rows));
    order = new ImageOrder(directory);
  }

  private static Row row(Method method) {
    var parameters = new LinkedHashMap<String, String>();
    method.parameters().asMap().forEach((name, value) -> parameters.put(name, Figures.text(value)));
    return new Row(method.name(), method.title(), method.sentence(), parameters);
  }

  @Override
  public void accept(ExplainedInput input) {
    var probabilities = Figures.softmax(input.outputs());
    var best = input.outputs().indexOfLargest();
    var predicted = wording.outputs().of(best);
    var known = pages.known(input);
    var confidence = Figures.percent(probabilities[best], 0).replace(' ', '\u00a0');
    var drawn =
        drawings.write(
            input,
            known.isEmpty() || known.equals(predicted)
                ? "%s, %s".formatted(predicted, confidence)
                : "%s, %s; is %s".formatted(predicted, confidence, known));
    var figures = new LinkedHashMap<String, Figure>();
    figures.put(
        ReportPage.IMAGE,
        new Figure(
            link(input.name() + "/" + ResultDrawings.IMAGE),
            "",
            "as the network sees it",
            0,
            Map.of()));
    for (var explanation : input.explanations()) {
      figures.put(explanation.method(), figure(input, explanation, drawn));
    }
    var upwards = "../".repeat(Path.of(input.name()).getNameCount());
    Pages.write(
        pages.of(input, upwards + FILE_NAME, method -> link(method + ".npy")),
        directory.resolve(input.name() + "/" + FILE_NAME));
    report.add(
        new ImageEntry(
            input.name(),
            link(input.name() + "/" + FILE_NAME),
            link(input.name() + "/" + ResultDrawings.THUMBNAILS),
            known,
            predicted,
            probabilities[best],
            figures));
    order.add(input.name(), link(input.name() + "/" + FILE_NAME));
  }

  private Figure figure(ExplainedInput input, Explanation explanation, Map<String, Drawing> drawn) {
    var stem = input.name() + "/" + explanation.method();
    var legend = drawn.get(explanation.method()).legend();
    var quality = new LinkedHashMap<String, Double>();
    explanation.quality().forEach(figure -> quality.put(figure.name(), figure.value()));
    return new Figure(
        link(stem + ".png"),
        link(stem + ".npy"),
        options.isShared() && legend.colours().isPresent()
            ? "scale shared by this method's maps of the run"
            : legend.text(),
        explanation.display() == Display.IMAGE ? 0 : options.style().reach(explanation),
        quality);
  }

  /** A path as a page refers to it: a name may hold spaces, # or letters beyond ASCII. */
  static String link(String path) {
    return Arrays.stream(path.split("/"))
        .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
        .collect(Collectors.joining("/"));
  }

  @Override
  public void fail(String name, String reason) {
    report.fail(name, reason);
  }

  @Override
  public void finish(RunSummary summary) {
    drawings.finish();
    var subtitle = "%s · %.0f seconds".formatted(wording.subtitle(), summary.seconds());
    report.finish(subtitle, wording.cards(), wording.footer());
  }

  @Override
  public void close() {
    report.close();
  }
}
