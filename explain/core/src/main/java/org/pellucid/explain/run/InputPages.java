package org.pellucid.explain.run;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.view.ImagePage;
import org.pellucid.explain.view.ImagePage.Output;
import org.pellucid.explain.view.ImageResults;

/** Makes the page of an image with its explanations. */
public final class InputPages {
  private final Map<String, Method> methods = new LinkedHashMap<>();
  private final OutputNames outputs;
  private final ReportOptions options;

  /**
   * Pages of a run by some methods.
   *
   * @param outputs names of the classes
   */
  public InputPages(List<Method> methods, OutputNames outputs, ReportOptions options) {
    methods.forEach(method -> this.methods.put(method.name(), method));
    this.outputs = outputs;
    this.options = options;
  }

  /**
   * The page of one image.
   *
   * @param report the address of the report that it belongs to; empty if there is none
   * @param files the address of a method's numbers, by its name; empty if there is none
   */
  public ImagePage of(ExplainedInput input, String report, UnaryOperator<String> files) {
    var recipe = options.recipes().of(input.name());
    var parts = new ImageResults(input.input(), options.style());
    var results =
        input.explanations().stream()
            .map(
                explanation -> {
                  var method = methods.get(explanation.method());
                  return parts.of(
                      explanation,
                      method,
                      explained(explanation.target()),
                      recipe.map(r -> JavaLines.of(explanation, method, r)).orElse(""),
                      files.apply(explanation.method()),
                      options.curves());
                })
            .toList();
    return new ImagePage(
        input.name(),
        report,
        ImageResults.pixels(input.input()),
        known(input),
        outputs(input.outputs()),
        options.style().clip(),
        results,
        recipe.map(Recipes.Recipe::command).orElse(""));
  }

  /** The name of the class that an image is known to be of; empty if none is. */
  String known(ExplainedInput input) {
    return input.label().isPresent() && input.label().getAsInt() < input.outputs().length()
        ? outputs.of(input.label().getAsInt())
        : "";
  }

  /** The outputs with their probabilities, the likeliest first. */
  private List<Output> outputs(Values values) {
    var probabilities = Figures.softmax(values);
    return IntStream.range(0, probabilities.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -probabilities[i]))
        .map(i -> new Output(outputs.of(i), values.get(i), probabilities[i]))
        .toList();
  }

  private String explained(Target target) {
    return target instanceof Target.Output output ? outputs.of(output.index()) : target.text();
  }
}
