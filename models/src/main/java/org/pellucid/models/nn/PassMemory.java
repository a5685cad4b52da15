package org.pellucid.models.nn;

import java.util.List;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.kernels.Workspace;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.MemoryEstimate;

/**
 * How many bytes the passes of a network need at their peak, as a formula of the batch. With {@code
 * n} images of {@code channels · height · width} numbers in a batch,
 *
 * <pre>{@code
 * forward(n)  = fixed + n · (a₀ + maxᵢ (aᵢ + wᵢ + aᵢ₊₁))
 * gradient(n) = fixed + n · (a₀ + max(maxᵢ (Kᵢ + aᵢ + wᵢ + aᵢ₊₁), K + maxᵢ (aᵢ₊₁ + aᵢ)))
 * }</pre>
 *
 * <p>where {@code aᵢ} are the bytes that step {@code i} takes in for one image and {@code aᵢ₊₁}
 * those it puts out; {@code wᵢ} a max pooling's winners, as large as its output; {@code Kᵢ} what
 * the steps before have kept for the backward pass (the outputs of rectifiers, the winners of
 * poolings) without what is counted already, and {@code K} what all of them have. Beside the kept
 * ones, the backward pass holds at each step the gradient that comes in and the one that goes out.
 * {@code fixed} is the weights, what the kernels make of them and keep, and their scratch memory.
 *
 * <p>The pool rounds sizes up by at most an eighth. What the process needs besides, for Java and
 * the native libraries' code, isn't counted.
 */
final class PassMemory {
  private PassMemory() {}

  /** One image's values between two steps. */
  private record Place(long height, long width, long channels) {
    long elements() {
      return height * width * channels;
    }

    Place after(SlidingWindow window, long filters) {
      return new Place(window.outputHeight(height), window.outputWidth(width), filters);
    }
  }

  /** The formula for steps that follow one another. */
  static MemoryEstimate of(
      List<Layer> steps, long weights, long[] inputShape, long elementBytes, Kernels kernels) {
    var place = new Place(inputShape[1], inputShape[2], inputShape[0]);
    var image = place.elements() * elementBytes;
    // The images are first copied from channels first to channels last.
    var forward = 2 * image;
    var gradient = 2 * image;
    var backward = 2 * image;
    var kept = 0L;
    var inputKept = false;
    var workspace = 0L;
    var scratch = 0L;
    for (var step : steps) {
      if (step instanceof Layer.Flatten || step instanceof Layer.Dropout) {
        place = step instanceof Layer.Flatten ? new Place(1, 1, place.elements()) : place;
        continue;
      }
      var next = after(step, place);
      var in = place.elements() * elementBytes;
      var out = next.elements() * elementBytes;
      var winners = step instanceof Layer.MaxPool2d ? next.elements() * Integer.BYTES : 0;
      var rectified = rectifies(step);
      forward = Math.max(forward, image + in + winners + out);
      gradient = Math.max(gradient, image + kept + (inputKept ? 0 : in) + winners + out);
      backward = Math.max(backward, image + out + in);
      kept += winners + (rectified ? out : 0);
      inputKept = rectified;
      place = next;
      var need = workspace(step, kernels);
      workspace += need.kept();
      scratch = Math.max(scratch, need.scratch());
    }
    return new MemoryEstimate(
        weights, workspace + scratch, forward, Math.max(gradient, kept + backward));
  }

  private static Workspace workspace(Layer step, Kernels kernels) {
    return switch (step) {
      case Layer.Convolution2d c ->
          kernels.forType(c.weight().type()).convolutions().workspace(c.weight(), c.window());
      case Layer.Linear l -> kernels.forType(l.weight().type()).products().workspace(l.weight());
      case Layer.MaxPool2d _,
          Layer.BatchNorm _,
          Layer.Relu _,
          Layer.Flatten _,
          Layer.Dropout _,
          Layer.Normalise _ ->
          Workspace.NONE;
    };
  }

  private static Place after(Layer step, Place place) {
    return switch (step) {
      case Layer.Convolution2d c -> place.after(c.window(), c.weight().size(3));
      case Layer.MaxPool2d p -> place.after(p.window(), place.channels());
      case Layer.Linear f -> new Place(1, 1, f.weight().size(0));
      case Layer.BatchNorm _, Layer.Relu _, Layer.Flatten _, Layer.Dropout _, Layer.Normalise _ ->
          place;
    };
  }

  private static boolean rectifies(Layer step) {
    return step instanceof Layer.Relu || step instanceof Layer.Convolution2d c && c.relu();
  }

  static long bytes(Tensor tensor) {
    return tensor.elements() * tensor.type().bytes();
  }
}
