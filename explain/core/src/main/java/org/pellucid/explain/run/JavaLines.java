package org.pellucid.explain.run;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.run.Recipes.Recipe;

/** Writes the lines of Java that make an explanation again. */
final class JavaLines {
  private static final String LINES =
      """
      import java.nio.file.Path;
      import java.util.List;
      import java.util.Optional;
      import org.pellucid.engine.Engine;
      import org.pellucid.explain.Methods;
      import org.pellucid.explain.evaluation.*;
      import org.pellucid.explain.method.MethodSelection;
      import org.pellucid.explain.run.ImageInput;
      import org.pellucid.explain.view.Drawing;
      import org.pellucid.models.zoo.ImageClassifier;

      void main() {
      %s  try (var classifier = ImageClassifier.open(%s, Optional.empty())) {
          var input = ImageInput.of(Path.of(%s), classifier).read();
          var selection =
              MethodSelection.of(
                  Methods.all(), List.of(%s), List.of(%s),
                  MethodSelection.Preset.STANDARD, 1);
          var method =
              selection.create(classifier.network()).stream()
                  .filter(m -> m.name().equals(%s))
                  .findFirst()
                  .orElseThrow();
          var explanation =
              method.explain(
                  new Evaluator(Engine.standard(), classifier.network()),
                  input,
                  Target.parse(%s),
                  RunOptions.standard().withSeed(%d));
          explanation.save(Path.of("."), %s);
          Drawing.of(explanation, input).withLegend().write(Path.of(%s));
        }
      }
      """;

  private JavaLines() {}

  /** The lines for one explanation. */
  static String of(Explanation explanation, Method method, Recipe recipe) {
    var descriptor = method.descriptor();
    return LINES.formatted(
        remarks(explanation, recipe),
        quoted(recipe.weights()),
        quoted(recipe.image()),
        quoted(descriptor.name()),
        settings(method).stream().map(JavaLines::quoted).collect(Collectors.joining(", ")),
        quoted(method.name()),
        quoted(explanation.target().text()),
        explanation.seed(),
        quoted(method.name()),
        quoted(method.name() + ".png"));
  }

  /** The parameters that differ from the standard, as {@code METHOD.PARAMETER=VALUE}. */
  static List<String> settings(Method method) {
    var descriptor = method.descriptor();
    var standard = descriptor.standard().asMap();
    var settings = new ArrayList<String>();
    method
        .parameters()
        .asMap()
        .forEach(
            (name, value) -> {
              if (!value.equals(standard.get(name))) {
                settings.add("%s.%s=%s".formatted(descriptor.name(), name, value));
              }
            });
    return settings;
  }

  private static String remarks(Explanation explanation, Recipe recipe) {
    var remarks = new StringBuilder();
    if (recipe.hasMore()) {
      remarks.append("  // The command has further options on the network or its images.\n");
    }
    if (explanation.drawn() > 0) {
      remarks.append("  // Random numbers begin after those of earlier images: withDrawn(…).\n");
    }
    return remarks.toString();
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
