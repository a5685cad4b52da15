package org.pellucid.explain.features;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.AdamSettings;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.optim.Adam;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.Progress;
import org.pellucid.explain.attribution.InputGradients;
import org.pellucid.models.Model;
import org.pellucid.models.Taps;

/**
 * What one filter of a layer responds to: where in an image it is active, and which image activates
 * it most (Erhan et al., 2009).
 *
 * @param layer the layer's name, such as {@code cnn.6}
 * @param filter its channel, from 0
 */
public record FilterResponse(String layer, int filter) {

  /**
   * A filter's activation.
   *
   * @param values {@code [height, width]}
   */
  public record Activation(float[] values, int height, int width) {}

  /**
   * An image made to activate the filter.
   *
   * @param image {@code [3, height, width]}, not limited to any range
   * @param objectives the sum of the activation before each step, and after the last
   */
  public record Visualisation(float[] image, List<Double> objectives) {}

  private static final class Tap implements Taps {
    private final String layer;
    private final AtomicReference<Tensor> output = new AtomicReference<>();

    Tap(String layer) {
      this.layer = layer;
    }

    @Override
    public boolean wants(String name) {
      return name.equals(layer);
    }

    @Override
    public boolean stopsAt(String name) {
      return name.equals(layer);
    }

    @Override
    public Tensor tap(Tape tape, String name, Tensor tensor) {
      output.set(tensor);
      return tensor;
    }
  }

  /**
   * Where the filter is active in an image.
   *
   * @param image {@code [3, height, width]}
   * @throws IllegalArgumentException if the model has no such layer or the layer no such filter
   */
  public Activation activation(InputGradients gradients, float[] image) {
    try (var x = gradients.batch(image);
        var tape = new Tape(gradients.engine())) {
      var map = response(tape, gradients.model(), x);
      return new Activation(
          map.toFloats(), Math.toIntExact(map.size(1)), Math.toIntExact(map.size(2)));
    }
  }

  /**
   * Changes an image step by step so that the sum of the filter's activation rises, by Adam on the
   * pixels.
   *
   * @param start {@code [3, height, width]}
   * @param iterations the number of steps
   * @param learningRate the size of a step, in input units
   * @throws IllegalArgumentException if the model has no such layer or the layer no such filter
   */
  public Visualisation visualise(
      InputGradients gradients,
      float[] start,
      int iterations,
      double learningRate,
      Progress progress) {
    check(iterations >= 0, "%d iterations can't be taken", iterations);
    var objectives = new ArrayList<Double>();
    try (var x = gradients.batch(start);
        var adam = new Adam(gradients.engine(), AdamSettings.of(learningRate), List.of(x))) {
      for (var iteration = 0; iteration < iterations; iteration++) {
        progress.step(iteration, iterations);
        try (var tape = new Tape(gradients.engine())) {
          tape.watch(x);
          var map = response(tape, gradients.model(), x);
          objectives.add(Arrays.stream(map.toDoubles()).sum());
          adam.step(tape.gradient(Scale.apply(tape, map, -1), x));
        }
      }
      try (var tape = new Tape(gradients.engine())) {
        var map = response(tape, gradients.model(), x);
        objectives.add(Arrays.stream(map.toDoubles()).sum());
      }
      progress.step(iterations, iterations);
      return new Visualisation(x.toFloats(), List.copyOf(objectives));
    }
  }

  /** The filter's map, {@code [batch, height, width, 1]}. */
  private Tensor response(Tape tape, Model model, Tensor x) {
    check(
        model.layerNames().contains(layer),
        "The model has no layer %s; its layers are %s",
        layer,
        String.join(", ", model.layerNames()));
    var tap = new Tap(layer);
    model.forward(tape, x, tap);
    var output = tap.output.get();
    check(output.rank() == 4, "The layer %s has no filters that respond to places", layer);
    check(
        filter >= 0 && filter < output.size(3),
        "The layer %s has the filters 0..%d, not %d",
        layer,
        output.size(3) - 1,
        filter);
    return Slice.apply(tape, output, 3, filter, 1);
  }
}
