package org.pellucid.explain.cli;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.explain.attribution.Attribution;
import org.pellucid.explain.attribution.Baseline;
import org.pellucid.explain.attribution.IntegratedGradients;
import org.pellucid.explain.attribution.Objective;
import org.pellucid.explain.attribution.QuadratureRule;
import org.pellucid.explain.attribution.Saliency;
import org.pellucid.explain.attribution.SmoothGrad;
import org.pellucid.explain.perturbation.LimeSettings;
import org.pellucid.explain.perturbation.Slic;

/**
 * The methods' parameters: the defaults, the homework's, and what {@code --set METHOD.PARAM=VALUE}
 * changes.
 */
final class MethodSettings {
  static final List<String> METHODS =
      List.of("lime", "saliency", "smoothgrad", "filters", "integrated-gradients");

  private static final Map<String, Set<String>> PARAMETERS =
      Map.of(
          "saliency", Set.of("of", "absolute"),
          "smoothgrad", Set.of("samples", "sigma", "of", "absolute"),
          "integrated-gradients", Set.of("steps", "rule", "baseline", "times-input"),
          "filters", Set.of("layer", "filter", "iterations", "learning-rate", "start"),
          "lime", Set.of("samples", "segments", "compactness", "sigma", "features"));

  private final boolean homework;
  private final Map<String, String> values = new HashMap<>();

  MethodSettings(boolean homework, List<String> settings) {
    this.homework = homework;
    for (var setting : settings) {
      var parts = setting.split("[.=]", 3);
      Shapes.check(
          parts.length == 3 && setting.indexOf('.') < setting.indexOf('='),
          "--set %s is not of the form METHOD.PARAM=VALUE",
          setting);
      Shapes.check(
          PARAMETERS.containsKey(parts[0]),
          "--set names the method %s, but the methods are %s",
          parts[0],
          String.join(", ", METHODS));
      Shapes.check(
          PARAMETERS.get(parts[0]).contains(parts[1]),
          "%s has no parameter %s; it has %s",
          parts[0],
          parts[1],
          PARAMETERS.get(parts[0]).stream().sorted().collect(Collectors.joining(", ")));
      values.put(parts[0] + "." + parts[1], parts[2]);
    }
  }

  boolean homework() {
    return homework;
  }

  /** The gradient method of that name for an image out of {@code images}. */
  Attribution attribution(String method, float[] image, int images) {
    return switch (method) {
      case "saliency" -> saliency(images);
      case "smoothgrad" -> smoothGrad(image);
      case "integrated-gradients" -> integratedGradients();
      default -> throw new IllegalArgumentException("There is no method " + method + ".");
    };
  }

  private Saliency saliency(int images) {
    var base = homework ? Saliency.homework(images) : Saliency.standard();
    return new Saliency(
        choice("saliency.of", Objective.class).orElse(base.of()),
        truth("saliency.absolute").orElse(base.absolute()),
        base.largestChannel(),
        base.lossImages());
  }

  private SmoothGrad smoothGrad(float[] image) {
    var sigma = number("smoothgrad.sigma");
    var base =
        homework
            ? sigma.map(SmoothGrad::homework).orElseGet(() -> SmoothGrad.homework(image))
            : SmoothGrad.standard();
    return new SmoothGrad(
        whole("smoothgrad.samples").orElse(base.samples()),
        sigma.isPresent() ? OptionalDouble.of(sigma.get()) : base.sigma(),
        choice("smoothgrad.of", Objective.class).orElse(base.of()),
        truth("smoothgrad.absolute").orElse(base.absolute()));
  }

  private IntegratedGradients integratedGradients() {
    var base = homework ? IntegratedGradients.homework() : IntegratedGradients.standard();
    return new IntegratedGradients(
        whole("integrated-gradients.steps").orElse(base.steps()),
        choice("integrated-gradients.rule", QuadratureRule.class).orElse(base.rule()),
        choice("integrated-gradients.baseline", Baseline.class).orElse(base.baseline()),
        truth("integrated-gradients.times-input").orElse(base.timesInput()));
  }

  LimeSettings lime() {
    var base = homework ? LimeSettings.homework() : LimeSettings.defaults();
    return base.withSamples(whole("lime.samples").orElse(base.samples()))
        .withFeatures(whole("lime.features").orElse(base.features()));
  }

  Slic slic() {
    var base = Slic.homework();
    return new Slic(
        whole("lime.segments").orElse(base.segments()),
        number("lime.compactness").orElse(base.compactness()),
        number("lime.sigma").orElse(base.sigma()),
        homework ? base.startLabel() : 0);
  }

  /** The layers whose filters are shown. */
  List<String> filterLayers(List<String> available) {
    var chosen = values.get("filters.layer");
    if (chosen != null) {
      return List.of(chosen.split(","));
    }
    var usual = List.of("cnn.6", "cnn.23").stream().filter(available::contains).toList();
    return usual.isEmpty() ? List.of(available.getFirst()) : usual;
  }

  int filter() {
    return whole("filters.filter").orElse(0);
  }

  int filterIterations() {
    return whole("filters.iterations").orElse(100);
  }

  double filterLearningRate() {
    return number("filters.learning-rate").orElse(0.1);
  }

  boolean filtersStartFromNoise() {
    var start = values.getOrDefault("filters.start", "picture");
    Shapes.check(
        start.equals("picture") || start.equals("noise"),
        "filters.start is %s, but must be image or noise",
        start);
    return start.equals("noise");
  }

  private Optional<Integer> whole(String name) {
    try {
      return Optional.ofNullable(values.get(name)).map(Integer::parseInt);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "%s is %s, but must be a whole number.".formatted(name, values.get(name)), e);
    }
  }

  private Optional<Double> number(String name) {
    try {
      return Optional.ofNullable(values.get(name)).map(Double::parseDouble);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "%s is %s, but must be a number.".formatted(name, values.get(name)), e);
    }
  }

  private Optional<Boolean> truth(String name) {
    var value = values.get(name);
    Shapes.check(
        value == null || value.equals("true") || value.equals("false"),
        "%s is %s, but must be true or false",
        name,
        value);
    return Optional.ofNullable(value).map(Boolean::parseBoolean);
  }

  private <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
    var value = values.get(name);
    if (value == null) {
      return Optional.empty();
    }
    var wanted = value.toUpperCase(Locale.ROOT).replace('-', '_');
    return Optional.of(
        Arrays.stream(type.getEnumConstants())
            .filter(constant -> constant.name().equals(wanted))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "%s is %s, but must be one of %s."
                            .formatted(
                                name,
                                value,
                                Arrays.stream(type.getEnumConstants())
                                    .map(c -> c.name().toLowerCase(Locale.ROOT))
                                    .collect(Collectors.joining(", "))
                                    .replace('_', '-')))));
  }
}
