package org.pellucid.bench.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.loss.Loss;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.pellucid.bench.contender.Task;
import org.pellucid.bench.work.CnnWork;
import org.pellucid.bench.work.ExplanationWork;

/**
 * The homework's explanations as its notebook computes them: one sample at a time, with the
 * gradients of all parameters, which the notebook leaves on.
 */
final class DjlExplanations {
  private static final Shape IMAGE = new Shape(1, 3, CnnWork.SIDE, CnnWork.SIDE);

  private final DjlFoodNetwork network;
  private final NDManager owner;
  private final ExplanationWork work;
  private final float[] image;

  private record ExplanationTask(Supplier<float[]> explanation, NDManager owner) implements Task {
    @Override
    public void run() {
      explanation.get();
    }

    @Override
    public float[] answer() {
      return explanation.get();
    }

    @Override
    public void close() {
      owner.close();
    }
  }

  private DjlExplanations(DjlFoodNetwork network, NDManager owner, ExplanationWork work) {
    this.network = network;
    this.owner = owner;
    this.work = work;
    this.image = work.image();
  }

  static Task prepare(DjlFoodNetwork network, NDManager owner, ExplanationWork work) {
    var explanations = new DjlExplanations(network, owner, work);
    if (work.method() != ExplanationWork.Method.LIME) {
      network.trainable().forEach(parameter -> parameter.setRequiresGradient(true));
    }
    return new ExplanationTask(
        switch (work.method()) {
          case SMOOTHGRAD -> explanations::smoothGrad;
          case INTEGRATED_GRADIENTS -> explanations::integratedGradients;
          case LIME -> explanations::lime;
        },
        owner);
  }

  /** The noise is drawn as this project's SmoothGrad draws it, so that the answers are the same. */
  private float[] smoothGrad() {
    var deviation = work.noise();
    var seeds = new SplittableRandom(0).longs(work.samples()).toArray();
    try (var scope = owner.newSubManager()) {
      var sum = scope.zeros(IMAGE);
      for (var seed : seeds) {
        try (var step = scope.newSubManager()) {
          var random = new SplittableRandom(seed);
          var noisy = new float[image.length];
          for (var i = 0; i < noisy.length; i++) {
            noisy[i] = image[i] + (float) (deviation * random.nextGaussian());
          }
          var x = step.create(noisy, IMAGE);
          x.setRequiresGradient(true);
          try (var collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            var target = step.create(new long[] {ExplanationWork.TARGET});
            var loss = Loss.softmaxCrossEntropyLoss();
            var logits = network.forward(x);
            collector.backward(loss.evaluate(new NDList(target), new NDList(logits)));
          }
          sum.addi(x.getGradient().abs());
        }
      }
      return sum.divi(work.samples()).toFloatArray();
    }
  }

  private float[] integratedGradients() {
    try (var scope = owner.newSubManager()) {
      var sum = scope.zeros(IMAGE);
      var whole = scope.create(image, IMAGE);
      for (var k = 0; k < work.samples(); k++) {
        try (var step = scope.newSubManager()) {
          whole.tempAttach(step);
          var x = whole.mul((float) k / work.samples());
          x.setRequiresGradient(true);
          try (var collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            var logits = network.forward(x);
            collector.backward(logits.get(":, " + ExplanationWork.TARGET).sum());
          }
          sum.addi(x.getGradient());
        }
      }
      return sum.divi(work.samples()).toFloatArray();
    }
  }

  private float[] lime() {
    return work.lime(image, this::logits);
  }

  private double[][] logits(float[] images, int count) {
    try (var scope = owner.newSubManager()) {
      NDArray logits =
          network.forward(scope.create(images, new Shape(count, 3, CnnWork.SIDE, CnnWork.SIDE)));
      var values = logits.toFloatArray();
      var wide = new double[values.length];
      for (var i = 0; i < wide.length; i++) {
        wide[i] = values[i];
      }
      return ExplanationWork.rows(wide, wide.length / count);
    }
  }
}
