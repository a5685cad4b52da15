package org.pellucid.explain.attribution.layer;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.models.Model;

/**
 * The layer by whose outputs a method explains.
 *
 * @param name of the layer; the last that has places where empty
 */
public record LayerChoice(Optional<String> name) {
  private static final String LAST_TEXT = "last";
  private static final int MOST_LISTED = 60;

  /**
   * The last layer with several places; where it only gathers the places of the one before it, as
   * pooling does, the one before. Of a usual classifier that is its last convolution's output,
   * normalised and rectified.
   */
  public static final LayerChoice LAST = new LayerChoice(Optional.empty());

  /** The texts on the command line. */
  public static final ParameterType<LayerChoice> TYPE =
      new ParameterType<>(
          "last, or the name of a layer",
          text ->
              text.isBlank()
                  ? Optional.empty()
                  : Optional.of(text.equals(LAST_TEXT) ? LAST : named(text)),
          choice -> choice.name().orElse(LAST_TEXT));

  /** A layer by its name, such as {@code cnn.9}. */
  public static LayerChoice named(String name) {
    return new LayerChoice(Optional.of(name));
  }

  /** A graph has hundreds of values, of which the last ones are the likeliest to be meant. */
  private static String listed(List<String> names) {
    var first = Math.max(0, names.size() - MOST_LISTED);
    var text = String.join(", ", names.subList(first, names.size()));
    return first == 0 ? text : "%d others and %s".formatted(first, text);
  }

  /**
   * Checks that a model has the layer, as far as names tell.
   *
   * @return this choice
   * @throws IllegalArgumentException if it hasn't
   */
  public LayerChoice checked(Model model) {
    var names = model.layerNames();
    check(!names.isEmpty(), "The model names no layers, so none can be explained by");
    name.ifPresent(
        chosen ->
            check(
                names.contains(chosen),
                "The model has no layer %s; its layers are %s",
                chosen,
                listed(names)));
    return this;
  }

  /**
   * The layer of a model, which may be of any kind.
   *
   * @throws IllegalArgumentException if the model has no such layer, or none with places where the
   *     last of these is wanted
   */
  public Layer any(Evaluator evaluator) {
    checked(evaluator.model());
    var shapes = evaluator.layerShapes();
    var chosen = name.orElseGet(() -> last(shapes));
    check(
        shapes.containsKey(chosen),
        "The model names a layer %s, but its forward pass doesn't offer its output to the taps",
        chosen);
    return new Layer(chosen, shapes.get(chosen));
  }

  /**
   * The layer of a model, which has to have places.
   *
   * @throws IllegalArgumentException if the model has no such layer, or it has no places
   */
  public Layer withPlaces(Evaluator evaluator) {
    var layer = any(evaluator);
    check(
        layer.hasPlaces(),
        "The layer %s gives %s and has no places to draw a map of; layers that have are %s",
        layer.name(),
        Shapes.text(layer.shape()),
        evaluator.layerShapes().entrySet().stream()
            .filter(entry -> entry.getValue().length == 3)
            .map(Map.Entry::getKey)
            .reduce((first, second) -> first + ", " + second)
            .orElse("none"));
    return layer;
  }

  private static String last(Map<String, long[]> shapes) {
    var names = new ArrayList<>(shapes.keySet());
    for (var i = names.size() - 1; i >= 0; i--) {
      var shape = shapes.get(names.get(i));
      if (places(shape) > 1) {
        var before = i == 0 ? shape : shapes.get(names.get(i - 1));
        var gathers = places(before) > places(shape) && before[0] == shape[0];
        return names.get(gathers ? i - 1 : i);
      }
    }
    throw new IllegalArgumentException(
        "This model has no layer with places, as convolutions have, so there is no map to draw;"
            + " explain it by Integrated Gradients.");
  }

  private static long places(long[] shape) {
    return shape.length == 3 ? shape[1] * shape[2] : 0;
  }
}
