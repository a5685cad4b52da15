package org.pellucid.explain.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.view.Drawing;
import org.pellucid.explain.view.Pages;
import org.pellucid.explain.view.Views;

/**
 * Draws every input and explanation as PNG in the input's folder and writes {@code index.html} with
 * all of them side by side.
 */
public final class ReportPage implements Sink {
  private final Path directory;
  private final Wording wording;
  private final List<Method> methods;
  private final Map<String, List<Views.Figure>> figures = new LinkedHashMap<>();
  private final List<String> columns = new ArrayList<>();
  private List<Views.Card> cards = List.of();

  /**
   * What the page says.
   *
   * @param title of the page
   * @param subtitle below it, for example which weights
   * @param footer at the end
   * @param outputs names of the classes
   */
  public record Wording(String title, String subtitle, String footer, OutputNames outputs) {}

  /** Begins a report of a run by these methods. */
  public ReportPage(Path directory, Wording wording, List<Method> methods) {
    this.directory = directory;
    this.wording = wording;
    this.methods = List.copyOf(methods);
  }

  @Override
  public void accept(ExplainedInput input) {
    columns.add(input.name());
    add("image", image(input));
    for (var explanation : input.explanations()) {
      add(explanation.method(), figure(input, explanation));
    }
  }

  private void add(String row, Views.Figure figure) {
    figures.computeIfAbsent(row, _ -> new ArrayList<>()).add(figure);
  }

  private Views.Figure image(ExplainedInput input) {
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
    return new Views.Figure(file, caption, numbers, "");
  }

  private Views.Figure figure(ExplainedInput input, Explanation explanation) {
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
    return new Views.Figure(stem + ".png", Figures.caption(explanation), numbers, stem + ".npy");
  }

  private String explained(Target target) {
    return target instanceof Target.Output output
        ? wording.outputs().of(output.index())
        : target.text();
  }

  /** Adds links to other pages of the report. */
  public void link(List<Views.Card> others) {
    cards = List.copyOf(others);
  }

  @Override
  public void finish(RunSummary summary) {
    var rows = new ArrayList<Views.Row>();
    rows.add(
        new Views.Row(
            "The images",
            "As the network sees them, with its predictions.",
            Map.of(),
            figures.getOrDefault("image", List.of())));
    for (var method : methods) {
      var shown = new LinkedHashMap<String, String>();
      method.parameters().asMap().forEach((name, value) -> shown.put(name, Figures.text(value)));
      rows.add(
          new Views.Row(
              method.title(),
              method.sentence(),
              shown,
              figures.getOrDefault(method.name(), List.of())));
    }
    Pages.write(
        new Views.Report(
            wording.title(), wording.subtitle(), columns, rows, cards, wording.footer()),
        directory.resolve("index.html"));
  }
}
