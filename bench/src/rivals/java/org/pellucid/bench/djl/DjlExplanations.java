package org.pellucid.bench.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.Loss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.pellucid.bench.contender.Joined;
import org.pellucid.bench.contender.Task;
import org.pellucid.bench.work.CnnWork;
import org.pellucid.bench.work.ExplanationWork;

/**
 * The homework's explanations as its notebook computes them: one sample at a time, with the
 * gradients of all parameters, which the notebook leaves on; or lean: samples in batches, gradients
 * of the input alone.
 */
final class DjlExplanations {
  /** As many as this project takes at once. */
  private static final int LEAN_BATCH = 8;

  private static final int[] FIRST_AXIS = {0};
  private static final int[] CHANNELS = {1};

  private final DjlFoodNetwork network;
  private final NDManager owner;
  private final ExplanationWork work;
  private final float[] image;
  private final int batch;

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

  private DjlExplanations(
      DjlFoodNetwork network, NDManager owner, ExplanationWork work, int batch) {
    this.network = network;
    this.owner = owner;
    this.work = work;
    this.image = work.image();
    this.batch = batch;
  }

  static Task prepare(DjlFoodNetwork network, NDManager owner, ExplanationWork work, boolean lean) {
    var explanations = new DjlExplanations(network, owner, work, lean ? LEAN_BATCH : 1);
    if (work.method() != ExplanationWork.Method.LIME && !lean) {
      network.trainable().forEach(parameter -> parameter.setRequiresGradient(true));
    }
    return new ExplanationTask(
        switch (work.method()) {
          case SMOOTHGRAD -> explanations::smoothGrad;
          case INTEGRATED_GRADIENTS -> explanations::integratedGradients;
          case LIME -> explanations::lime;
          case SALIENCY -> explanations::saliency;
          case FILTERS -> explanations::filters;
        },
        owner);
  }

  private static Shape images(int count) {
    return new Shape(count, 3, CnnWork.SIDE, CnnWork.SIDE);
  }

  private static GradientCollector collector() {
    return Engine.getEngine("PyTorch").newGradientCollector();
  }

  /** The mean loss of a batch, times the number of its images. */
  private NDArray loss(NDArray x, long[] labels) {
    var logits = network.forward(x);
    var target = x.getManager().create(labels);
    var mean = Loss.softmaxCrossEntropyLoss().evaluate(new NDList(target), new NDList(logits));
    return mean.mul(labels.length);
  }

  /** The noise is drawn as this project's SmoothGrad draws it, so that the answers are the same. */
  private float[] smoothGrad() {
    var deviation = work.noise();
    var seeds = new SplittableRandom(0).longs(work.samples()).toArray();
    try (var scope = owner.newSubManager()) {
      var sum = scope.zeros(images(1));
      for (var first = 0; first < seeds.length; first += batch) {
        var count = Math.min(batch, seeds.length - first);
        var noisy = new float[count * image.length];
        for (var k = 0; k < count; k++) {
          var random = new SplittableRandom(seeds[first + k]);
          for (var i = 0; i < image.length; i++) {
            noisy[k * image.length + i] = image[i] + (float) (deviation * random.nextGaussian());
          }
        }
        try (var step = scope.newSubManager()) {
          var x = step.create(noisy, images(count));
          x.setRequiresGradient(true);
          var labels = new long[count];
          Arrays.fill(labels, ExplanationWork.TARGET);
          try (var collector = collector()) {
            collector.backward(loss(x, labels));
          }
          sum.addi(x.getGradient().abs().sum(FIRST_AXIS, true));
        }
      }
      return sum.divi(work.samples()).toFloatArray();
    }
  }

  private float[] integratedGradients() {
    try (var scope = owner.newSubManager()) {
      var sum = scope.zeros(images(1));
      for (var first = 0; first < work.samples(); first += batch) {
        var count = Math.min(batch, work.samples() - first);
        var path = new float[count * image.length];
        for (var i = 0; i < path.length; i++) {
          var share = (float) (first + i / image.length) / work.samples();
          path[i] = image[i % image.length] * share;
        }
        try (var step = scope.newSubManager()) {
          var x = step.create(path, images(count));
          x.setRequiresGradient(true);
          try (var collector = collector()) {
            var logits = network.forward(x);
            collector.backward(logits.get(":, " + ExplanationWork.TARGET).sum());
          }
          sum.addi(x.getGradient().sum(FIRST_AXIS, true));
        }
      }
      return sum.divi(work.samples()).toFloatArray();
    }
  }

  private float[] saliency() {
    try (var scope = owner.newSubManager()) {
      var x = scope.create(Joined.of(work.inputs()), images(work.images()));
      x.setRequiresGradient(true);
      var labels = Arrays.stream(work.labels()).asLongStream().toArray();
      try (var collector = collector()) {
        collector.backward(loss(x, labels).div(labels.length));
      }
      return x.getGradient().abs().max(CHANNELS).toFloatArray();
    }
  }

  /** All images in one batch. */
  private float[] filters() {
    var sums = new ArrayList<float[]>();
    for (var layer : ExplanationWork.FILTER_LAYERS) {
      try (var scope = owner.newSubManager()) {
        var ascent = new Ascent(scope, Joined.of(work.inputs()), images(work.images()));
        sums.add(ascent.of(work.samples(), x -> network.features(x, layer).get(":, 0").sum()));
      }
    }
    return Joined.of(sums);
  }

  private float[] lime() {
    return work.lime(image, this::logits);
  }

  private double[][] logits(float[] images, int count) {
    try (var scope = owner.newSubManager()) {
      NDArray logits = network.forward(scope.create(images, images(count)));
      var values = logits.toFloatArray();
      var wide = new double[values.length];
      for (var i = 0; i < wide.length; i++) {
        wide[i] = values[i];
      }
      return ExplanationWork.rows(wide, wide.length / count);
    }
  }
}
