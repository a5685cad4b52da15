package org.pellucid.explain.attribution.cam;

import java.util.List;
import org.pellucid.explain.attribution.GradientMethod;
import org.pellucid.explain.attribution.GuidedBackprop;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.ParameterValues;

/**
 * {@link GuidedBackprop} times {@link GradCam} at the input's size: outlines where the class is
 * (Selvaraju et al., 2017). The paper brings the map to the input's size bilinearly, Captum takes
 * the nearest place.
 *
 * @param settings which layer, and how its map is brought to the input's size
 */
public record GuidedGradCam(CamSettings settings) implements GradientMethod {
  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "guided-gradcam",
          "Guided Grad-CAM",
          "Guided backpropagation where Grad-CAM finds the class: the outlines of what speaks for"
              + " it.",
          "R. R. Selvaraju et al.: Grad-CAM, visual explanations from deep networks via"
              + " gradient-based localization, 2017",
          new Guidance(
              "Which outlines does what speaks for the class consist of, and where is it?",
              "Two forward passes, a backward pass, and one down to the layer.",
              "The outlines are guided backpropagation's and hardly depend on the class; only where"
                  + " they are drawn does."),
          List.of(CamSettings.LAYER, CamSettings.INTERPOLATION),
          (values, model) ->
              List.of(
                  new GuidedGradCam(
                      new CamSettings(
                          values.get(CamSettings.LAYER).checked(model),
                          true,
                          values.get(CamSettings.INTERPOLATION)))));

  /**
   * Drops what speaks against the class, as the method's definition does.
   *
   * @param settings which layer, and how its map is brought to the input's size
   */
  public GuidedGradCam {
    settings = settings.withRelu(true);
  }

  /** The last layer with places. */
  public static GuidedGradCam standard() {
    return new GuidedGradCam(CamSettings.standard());
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(CamSettings.LAYER, settings.layer())
        .with(CamSettings.INTERPOLATION, settings.interpolation());
  }

  @Override
  public void checkModel(Evaluator evaluator) {
    new GuidedBackprop().checkModel(evaluator);
  }

  @Override
  public void maps(
      Evaluator evaluator,
      int count,
      Evaluator.Inputs inputs,
      Target target,
      RunOptions options,
      Evaluator.Receiver receiver) {
    var chunk = Math.min(count, evaluator.batchSize(options, true));
    for (var done = 0; done < count; done += chunk) {
      chunk(
          evaluator,
          Math.min(chunk, count - done),
          new Shifted(inputs, done),
          target,
          options,
          new Behind(receiver, done));
    }
  }

  /** Inputs whose numbers begin later. */
  private record Shifted(Evaluator.Inputs inputs, int by) implements Evaluator.Inputs {
    @Override
    public void write(int number, float[] into, int offset) {
      inputs.write(by + number, into, offset);
    }

    @Override
    public void write(int number, double[] into) {
      inputs.write(by + number, into);
    }
  }

  /** A receiver whose numbers begin later. */
  private record Behind(Evaluator.Receiver receiver, int by) implements Evaluator.Receiver {
    @Override
    public void accept(int number, double[] source, int offset) {
      receiver.accept(by + number, source, offset);
    }
  }

  private void chunk(
      Evaluator evaluator,
      int count,
      Evaluator.Inputs inputs,
      Target target,
      RunOptions options,
      Evaluator.Receiver receiver) {
    var places = new double[count][];
    new GradCam(settings)
        .maps(
            evaluator,
            count,
            inputs,
            target,
            options,
            (number, map, offset) -> places[number] = map.clone());
    var product = new double[evaluator.inputSize()];
    new GuidedBackprop()
        .maps(
            evaluator,
            count,
            inputs,
            target,
            options,
            (number, gradient, offset) -> {
              var map = places[number];
              for (var i = 0; i < product.length; i++) {
                product[i] = gradient[offset + i] * map[i % map.length];
              }
              receiver.accept(number, product, 0);
            });
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var layer = settings.layer().withPlaces(evaluator);
    var resolved = new GuidedGradCam(settings.withLayer(layer.name()));
    var explanation = Explanation.begin(resolved, evaluator, input, target, options);
    return explanation.end(resolved.map(evaluator, input, target, options));
  }
}
