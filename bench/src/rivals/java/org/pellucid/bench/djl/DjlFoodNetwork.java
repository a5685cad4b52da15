package org.pellucid.bench.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.bench.contender.Task;
import org.pellucid.bench.work.CnnWork;
import org.pellucid.bench.work.FoodParameters;
import org.pellucid.bench.work.FoodParameters.Parameter;
import org.pellucid.bench.work.Pass;

/**
 * The food classifier in DJL's operations, channels first as PyTorch computes. An array is closed
 * as soon as the next one is there, as Python's reference counts would; what a gradient needs of it
 * PyTorch keeps.
 */
final class DjlFoodNetwork {
  private static final Shape ONE = new Shape(1, 1);
  private static final Shape TWO = new Shape(2, 2);
  private static final Shape NONE = new Shape(0, 0);
  private static final float MOMENTUM = 0.9f;

  private final Map<String, NDArray> parameters = new LinkedHashMap<>();
  private final boolean folded;

  /**
   * A network with these parameters.
   *
   * @param folded whether the batch normalisations are in the convolutions already
   */
  DjlFoodNetwork(NDManager owner, Map<String, Parameter> parameters, boolean folded) {
    this.folded = folded;
    parameters.forEach(
        (name, parameter) ->
            this.parameters.put(
                name, owner.create(parameter.values(), new Shape(parameter.shape()))));
  }

  /** Those that training would change, in the order of the layers. */
  List<NDArray> trainable() {
    return FoodParameters.trainable().stream().map(parameters::get).toList();
  }

  /** The logits {@code [batch, classes]} of images {@code [batch, 3, 128, 128]}. */
  NDArray forward(NDArray images) {
    var x = features(images, Integer.MAX_VALUE);
    x = then(images, x, x.reshape(x.getShape().get(0), -1));
    x = then(images, x, linear(x, "fc.0"));
    x = then(images, x, Activation.relu(x));
    return then(images, x, linear(x, "fc.3"));
  }

  /**
   * What the convolution of this number in {@code cnn} gives, or all of {@code cnn} if there is
   * none: {@code [batch, channels, height, width]}.
   */
  NDArray features(NDArray images, int last) {
    var x = images;
    var layer = 0;
    for (var convolutions : FoodParameters.stacks()) {
      for (var i = 0; i < convolutions; i++) {
        x = then(images, x, convolution(x, "cnn." + layer));
        if (layer == last) {
          return x;
        }
        if (!folded) {
          x = then(images, x, normalised(x, "cnn." + (layer + 1)));
        }
        x = then(images, x, Activation.relu(x));
        layer += 3;
      }
      x = then(images, x, Pool.maxPool2d(x, TWO, TWO, NONE, false));
      layer++;
    }
    return x;
  }

  private static NDArray then(NDArray images, NDArray before, NDArray after) {
    if (before != images) {
      before.close();
    }
    return after;
  }

  private NDArray convolution(NDArray x, String name) {
    return Conv2d.conv2d(x, of(name, "weight"), of(name, "bias"), ONE, ONE).singletonOrThrow();
  }

  private NDArray normalised(NDArray x, String name) {
    return BatchNorm.batchNorm(
            x,
            of(name, "running_mean"),
            of(name, "running_var"),
            of(name, "weight"),
            of(name, "bias"),
            1,
            MOMENTUM,
            (float) FoodParameters.EPSILON,
            false)
        .singletonOrThrow();
  }

  private NDArray linear(NDArray x, String name) {
    return Linear.linear(x, of(name, "weight"), of(name, "bias")).singletonOrThrow();
  }

  private NDArray of(String layer, String parameter) {
    return parameters.get(layer + "." + parameter);
  }

  static Task task(DjlFoodNetwork network, NDManager owner, CnnWork work) {
    var images =
        owner.create(work.images(), new Shape(work.batch(), 3, CnnWork.SIDE, CnnWork.SIDE));
    var parameters = work.pass() == Pass.WEIGHTS ? network.trainable() : List.<NDArray>of();
    parameters.forEach(parameter -> parameter.setRequiresGradient(true));
    return new ArrayTask(
        owner,
        scope -> {
          images.tempAttach(scope);
          if (work.pass() == Pass.FORWARD) {
            return List.of(network.forward(images));
          }
          var x = images.duplicate();
          x.setRequiresGradient(true);
          try (var collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            var logits = network.forward(x);
            collector.backward(logits.get(":, " + CnnWork.TARGET).sum());
          }
          var gradients = new ArrayList<>(List.of(x.getGradient()));
          for (var parameter : parameters) {
            gradients.add(Leaves.take(parameter, scope));
          }
          return gradients;
        });
  }
}
