package org.pellucid.explain.features;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pellucid.explain.features.FilterVisualisation.Start;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.models.Model;

/** The family of methods that show what one filter of a layer responds to. */
public final class Filters {
  /** The layers that the homework shows. */
  private static final List<String> USUAL_LAYERS = List.of("cnn.6", "cnn.23");

  /** The text that stands for no choice of layers. */
  private static final String USUAL = "usual";

  private static final ParameterType<List<String>> LAYERS =
      new ParameterType<>(
          "usual, or names or numbers of layers with commas between them",
          text ->
              text.equals(USUAL)
                  ? Optional.of(List.of())
                  : Optional.of(Arrays.stream(text.split(",", -1)).map(String::strip).toList())
                      .filter(names -> names.stream().noneMatch(String::isEmpty)),
          names -> names.isEmpty() ? USUAL : String.join(",", names));

  static final Parameter<List<String>> LAYER =
      Parameter.of(
          "layer",
          LAYERS,
          List.of(),
          "The layers, by name or by number from 0; usual are cnn.6 and cnn.23 where the network"
              + " has them, else its first.");
  static final Parameter<FeatureObjective> FILTER =
      Parameter.of(
          "filter",
          FeatureObjective.TYPE,
          new FeatureObjective.Channel(0),
          "What of the layer is shown: a filter, one of its units, or a direction.");
  static final Parameter<Integer> ITERATIONS =
      Parameter.of(
          "iterations",
          ParameterType.wholeNumber(0, 1_000_000),
          100,
          "The number of steps of gradient ascent.");
  static final Parameter<Double> LEARNING_RATE =
      Parameter.of(
          "learning-rate",
          ParameterType.positiveNumber(),
          0.1,
          "The size of a step, in input units; of the frequencies' amplitudes with start fourier.");
  static final Parameter<Start> START =
      Parameter.of(
          "start",
          ParameterType.choice(Start.class),
          Start.PICTURE,
          "What gradient ascent begins with: the image, white noise, or an image made of"
              + " frequencies, which each step sees shifted, scaled and turned.");

  /** The family with its parameters: an activation and a visualisation for each layer. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "filters",
          "Filters",
          "What one filter of a layer responds to: where it is active in the image, and which image"
              + " activates it most.",
          "D. Erhan et al.: Visualizing higher-layer features of a deep network, 2009",
          new Guidance(
              "What does one filter respond to, and where in this image?",
              "One forward pass for the activation, a forward and a backward pass for each of the"
                  + " iterations.",
              "It explains a filter, not the decision: a filter may respond to several things, and"
                  + " the image that activates it most need not look like anything that occurs."),
          List.of(LAYER, FILTER, ITERATIONS, LEARNING_RATE, START),
          Filters::create);

  private Filters() {}

  private static List<Method> create(ParameterValues values, Model model) {
    var methods = new ArrayList<Method>();
    for (var layer : layers(values.get(LAYER), model.layerNames())) {
      methods.add(new FilterActivation(layer, values.get(FILTER)));
      methods.add(
          new FilterVisualisation(
              layer,
              values.get(FILTER),
              values.get(ITERATIONS),
              values.get(LEARNING_RATE),
              values.get(START)));
    }
    return methods;
  }

  /**
   * The chosen layers' names, or the usual ones where none is chosen.
   *
   * @param chosen by name or by number from 0
   * @param available the model's layers in the order data takes
   * @throws IllegalArgumentException if the model has no layers or not one of the chosen
   */
  public static List<String> layers(List<String> chosen, List<String> available) {
    check(!available.isEmpty(), "The model names no layers, so none has filters to show");
    if (!chosen.isEmpty()) {
      return chosen.stream().map(layer -> layer(layer, available)).distinct().toList();
    }
    var usual = USUAL_LAYERS.stream().filter(available::contains).toList();
    return usual.isEmpty() ? List.of(available.getFirst()) : usual;
  }

  /**
   * The name of a layer that is given by its name, or by its number in the order data takes.
   *
   * @throws IllegalArgumentException if there is no such layer
   */
  static String layer(String nameOrNumber, List<String> available) {
    if (available.contains(nameOrNumber)) {
      return nameOrNumber;
    }
    var number = nameOrNumber.matches("\\d{1,6}") ? Integer.parseInt(nameOrNumber) : -1;
    check(
        number >= 0 && number < available.size(),
        "The model has no layer %s; its layers are %s, or their numbers 0..%d",
        nameOrNumber,
        String.join(", ", available),
        available.size() - 1);
    return available.get(number);
  }
}
