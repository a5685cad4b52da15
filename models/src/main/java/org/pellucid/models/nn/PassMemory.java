package org.pellucid.models.nn;

import java.util.Arrays;
import java.util.List;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.kernels.Workspace;
import org.pellucid.engine.ops.AdaptivePool2d;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.MemoryEstimate;
import org.pellucid.models.nn.ActivationFunction.Plain;

/**
 * How many bytes the passes of a network need at their peak, as a formula of the batch. With {@code
 * n} images of {@code channels · height · width} numbers in a batch,
 *
 * <pre>{@code
 * forward(n)  = fixed + n · (a₀ + maxᵢ (Lᵢ + wᵢ + aᵢ))
 * gradient(n) = fixed + n · (a₀ + max(maxᵢ (Kᵢ + wᵢ + aᵢ), K + maxᵢ (aᵢ + Gᵢ)))
 * }</pre>
 *
 * <p>where {@code a₀} are the bytes of one image and {@code aᵢ} those that step {@code i} puts out
 * for it; {@code Lᵢ} the outputs of earlier steps, and the image, that this one or a later one
 * takes, in a plain sequence the one before alone; {@code wᵢ} what a step needs beside, such as a
 * max pooling's winners, as large as its output; {@code Kᵢ} the same as {@code Lᵢ} with what the
 * steps before have kept for the backward pass (the outputs of rectifiers, the winners of
 * poolings), and {@code K} what all of them have. Beside the kept ones, the backward pass holds at
 * each step the gradient that comes in and, {@code Gᵢ}, those of all outputs before that this step
 * or a later one has taken, with one of them twice more while two of its users' are added. {@code
 * fixed} is the weights, what the kernels make of them and keep, and their scratch memory.
 *
 * <p>The pool rounds sizes up by at most an eighth. What the process needs besides, for Java and
 * the native libraries' code, isn't counted.
 */
final class PassMemory {
  private final List<FusedStep> steps;
  private final List<Place> places;
  private final long elementBytes;

  /** The position whose memory the value at a position lies in: its own, or that of a view. */
  private final int[] root;

  /** The step that puts a root's memory out, and the last one that takes it. */
  private final int[] begin;

  private final int[] end;

  private PassMemory(List<FusedStep> steps, List<Place> places, long elementBytes) {
    this.steps = steps;
    this.places = places;
    this.elementBytes = elementBytes;
    root = new int[places.size()];
    begin = new int[places.size()];
    end = new int[places.size()];
    Arrays.fill(begin, Integer.MAX_VALUE);
    begin[0] = -1;
    for (var i = 0; i < steps.size(); i++) {
      var step = steps.get(i);
      var number = i;
      step.inputs().forEach(input -> end[root[input]] = number);
      root[step.output()] =
          isView(step.together()) ? root[step.inputs().getFirst()] : step.output();
      begin[root[step.output()]] = Math.min(begin[root[step.output()]], i);
      end[root[step.output()]] = Math.max(end[root[step.output()]], i);
    }
  }

  /** The formula for a network's steps, with the shapes by position. */
  static MemoryEstimate of(
      List<FusedStep> steps, List<Place> places, long weights, long elementBytes, Kernels kernels) {
    return new PassMemory(steps, places, elementBytes).estimate(weights, kernels);
  }

  private MemoryEstimate estimate(long weights, Kernels kernels) {
    var image = bytes(0);
    // The images are first copied from channels first to channels last.
    var forward = 2 * image;
    var gradient = 2 * image;
    // At the end there are the images and their gradient in both orders.
    var backward = 3 * image;
    var keptBeside = 0L;
    var kept = new boolean[places.size()];
    var workspace = 0L;
    var scratch = 0L;
    for (var i = 0; i < steps.size(); i++) {
      var layer = steps.get(i).together();
      var input = root[steps.get(i).inputs().getFirst()];
      var output = root[steps.get(i).output()];
      if (isView(layer)) {
        continue;
      }
      var winners = keptBeside(layer, output);
      var beside = winners + beside(layer, input);
      forward = Math.max(forward, image + taken(i) + beside + bytes(output));
      var held = keptBeside + heldOrTaken(kept, i);
      gradient = Math.max(gradient, image + held + beside + bytes(output));
      var added = added(steps.get(i), i) + 2 * beside(layer, input);
      backward = Math.max(backward, image + bytes(output) + taken(i) + added);
      keptBeside += winners;
      kept[output] |= keepsOutput(layer);
      kept[input] |= keepsInput(layer);
      var need = workspace(layer, kernels);
      workspace += need.kept();
      scratch = Math.max(scratch, need.scratch());
    }
    var all = keptBeside + sum(kept);
    return new MemoryEstimate(
        weights, workspace + scratch, forward, Math.max(gradient, all + backward));
  }

  private long bytes(int position) {
    return places.get(position).elements() * elementBytes;
  }

  /** What a layer keeps that is neither input nor output, each as large as its output. */
  private long keptBeside(Layer layer, int output) {
    return switch (layer) {
      case Layer.MaxPool2d _ -> places.get(output).elements() * Integer.BYTES;
      case Layer.Activation(var function) when function == Plain.TANH_GELU -> bytes(output);
      default -> 0;
    };
  }

  /** What was put out before a step and is taken by it or a later one. */
  private long taken(int step) {
    return heldOrTaken(new boolean[places.size()], step);
  }

  /** Where a later step has given a gradient already, the step's own and their sum are new. */
  private long added(FusedStep step, int number) {
    return step.inputs().stream()
        .map(position -> root[position])
        .filter(position -> end[position] > number)
        .mapToLong(position -> 2 * bytes(position))
        .max()
        .orElse(0);
  }

  private long heldOrTaken(boolean[] kept, int step) {
    var sum = 0L;
    for (var position = 0; position < root.length; position++) {
      var isThere = root[position] == position && begin[position] < step;
      if (isThere && (kept[position] || end[position] >= step)) {
        sum += bytes(position);
      }
    }
    return sum;
  }

  private long sum(boolean[] kept) {
    var sum = 0L;
    for (var position = 0; position < kept.length; position++) {
      sum += kept[position] ? bytes(position) : 0;
    }
    return sum;
  }

  private static boolean isView(Layer layer) {
    return layer instanceof Layer.Dropout
        || layer instanceof Layer.Flatten(var channelsFirst) && !channelsFirst;
  }

  /** An adaptive pooling whose windows differ copies slices of the image. */
  private long beside(Layer layer, int input) {
    if (layer instanceof Layer.AdaptivePool2d(_, var rows, var columns)) {
      var place = places.get(input);
      var divides = AdaptivePool2d.window(place.height(), place.width(), rows, columns).isPresent();
      return divides ? 0 : 2 * bytes(input);
    }
    return 0;
  }

  private static boolean keepsOutput(Layer layer) {
    return switch (layer) {
      case Layer.Relu _, Layer.Softmax _ -> true;
      case Layer.Convolution2d convolution -> convolution.rectifier().isPresent();
      case Layer.Activation(var function) -> function.keepsOutput();
      default -> false;
    };
  }

  private static boolean keepsInput(Layer layer) {
    return layer instanceof Layer.Activation(var function) && !function.keepsOutput();
  }

  private static Workspace workspace(Layer step, Kernels kernels) {
    return switch (step) {
      case Layer.Convolution2d c ->
          kernels.forType(c.weight().type()).convolutions().workspace(c.weight(), c.window());
      case Layer.Linear l -> kernels.forType(l.weight().type()).products().workspace(l.weight());
      default -> Workspace.NONE;
    };
  }

  static long bytes(Tensor tensor) {
    return tensor.elements() * tensor.type().bytes();
  }
}
