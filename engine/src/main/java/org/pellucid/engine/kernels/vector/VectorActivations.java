package org.pellucid.engine.kernels.vector;

import jdk.incubator.vector.VectorOperators;
import org.pellucid.engine.kernels.ActivationKernels;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Tensor;

/** Activation functions with their gradients, in pieces that fit the caches. */
final class VectorActivations implements ActivationKernels {
  private static final long PIECE = 1 << 12;

  /** For functions that wait for memory, not for arithmetic: the second-level cache. */
  private static final long PLAIN_PIECE = 1 << 15;

  private final Workers workers;
  private final ActivationKernels portable;
  private final VectorFunctions functions;

  VectorActivations(Workers workers, ActivationKernels portable) {
    this.workers = workers;
    this.portable = portable;
    this.functions = new VectorFunctions(workers);
  }

  @Override
  public void relu(Tensor x, Tensor out) {
    var from = VectorKernels.address(x);
    var to = VectorKernels.address(out);
    workers.ranges(
        x.elements(),
        PLAIN_PIECE,
        (start, end) -> relu(from + start * 4, to + start * 4, end - start));
  }

  private static void relu(long x, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      Lanes.store(Lanes.load(x + i).max(0f), out + i);
    }
    if (whole < count * 4) {
      var rest = Lanes.first(count - whole / 4);
      Lanes.store(Lanes.load(x + whole, rest).max(0f), out + whole, rest);
    }
  }

  @Override
  public void reluGradient(Tensor output, Tensor gradient, Tensor out) {
    var y = VectorKernels.address(output);
    var g = VectorKernels.address(gradient);
    var to = VectorKernels.address(out);
    workers.ranges(
        output.elements(),
        PLAIN_PIECE,
        (start, end) -> reluGradient(y + start * 4, g + start * 4, to + start * 4, end - start));
  }

  private static void reluGradient(long output, long gradient, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      var open = Lanes.load(output + i).compare(VectorOperators.GT, 0f);
      Lanes.store(Lanes.zero().blend(Lanes.load(gradient + i), open), out + i);
    }
    if (whole < count * 4) {
      var rest = Lanes.first(count - whole / 4);
      var open = Lanes.load(output + whole, rest).compare(VectorOperators.GT, 0f);
      Lanes.store(Lanes.zero().blend(Lanes.load(gradient + whole, rest), open), out + whole, rest);
    }
  }

  @Override
  public void gelu(Tensor x, Tensor out) {
    var from = VectorKernels.address(x);
    var to = VectorKernels.address(out);
    workers.ranges(
        x.elements(), PIECE, (start, end) -> gelu(from + start * 4, to + start * 4, end - start));
  }

  private static void gelu(long x, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      Lanes.store(VectorMath.gelu(Lanes.load(x + i)), out + i);
    }
    if (whole < count * 4) {
      var mask = Lanes.first(count - whole / 4);
      Lanes.store(VectorMath.gelu(Lanes.load(x + whole, mask)), out + whole, mask);
    }
  }

  @Override
  public void geluGradient(Tensor x, Tensor gradient, Tensor out) {
    var from = VectorKernels.address(x);
    var g = VectorKernels.address(gradient);
    var to = VectorKernels.address(out);
    workers.ranges(
        x.elements(),
        PIECE,
        (start, end) -> geluGradient(from + start * 4, g + start * 4, to + start * 4, end - start));
  }

  /**
   * First the slopes, and then their products with the gradient: one loop for both is too large for
   * the compiler, which leaves its vectors on the heap. {@code out} isn't {@code gradient}.
   */
  private static void geluGradient(long x, long gradient, long out, long count) {
    geluSlopes(x, out, count);
    VectorArithmetic.multiply(out, gradient, out, count);
  }

  private static void geluSlopes(long x, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      Lanes.store(VectorMath.geluDerivative(Lanes.load(x + i)), out + i);
    }
    if (whole < count * 4) {
      var mask = Lanes.first(count - whole / 4);
      Lanes.store(VectorMath.geluDerivative(Lanes.load(x + whole, mask)), out + whole, mask);
    }
  }

  @Override
  public void tanh(Tensor x, Tensor out) {
    var from = VectorKernels.address(x);
    var to = VectorKernels.address(out);
    workers.ranges(
        x.elements(), PIECE, (start, end) -> tanh(from + start * 4, to + start * 4, end - start));
  }

  private static void tanh(long x, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      Lanes.store(VectorMath.tanh(Lanes.load(x + i)), out + i);
    }
    if (whole < count * 4) {
      var mask = Lanes.first(count - whole / 4);
      Lanes.store(VectorMath.tanh(Lanes.load(x + whole, mask)), out + whole, mask);
    }
  }

  @Override
  public void tanhGradient(Tensor output, Tensor gradient, Tensor out) {
    var y = VectorKernels.address(output);
    var g = VectorKernels.address(gradient);
    var to = VectorKernels.address(out);
    workers.ranges(
        output.elements(),
        PIECE,
        (start, end) -> tanhGradient(y + start * 4, g + start * 4, to + start * 4, end - start));
  }

  /** {@code g · (1 − y²)}, factored as {@code (1 − y) · (1 + y)} so that it is right near ±1. */
  private static void tanhGradient(long output, long gradient, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      var y = Lanes.load(output + i);
      var slope = Lanes.broadcast(1).sub(y).mul(y.add(1f));
      Lanes.store(slope.mul(Lanes.load(gradient + i)), out + i);
    }
    if (whole < count * 4) {
      var mask = Lanes.first(count - whole / 4);
      var y = Lanes.load(output + whole, mask);
      var slope = Lanes.broadcast(1).sub(y).mul(y.add(1f));
      Lanes.store(slope.mul(Lanes.load(gradient + whole, mask)), out + whole, mask);
    }
  }

  @Override
  public void sigmoid(Tensor x, Tensor out) {
    var from = VectorKernels.address(x);
    var to = VectorKernels.address(out);
    workers.ranges(
        x.elements(),
        PIECE,
        (start, end) -> sigmoid(from + start * 4, to + start * 4, end - start));
  }

  private static void sigmoid(long x, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      Lanes.store(VectorMath.sigmoid(Lanes.load(x + i)), out + i);
    }
    if (whole < count * 4) {
      var mask = Lanes.first(count - whole / 4);
      Lanes.store(VectorMath.sigmoid(Lanes.load(x + whole, mask)), out + whole, mask);
    }
  }

  @Override
  public void sigmoidGradient(Tensor output, Tensor gradient, Tensor out) {
    var y = VectorKernels.address(output);
    var g = VectorKernels.address(gradient);
    var to = VectorKernels.address(out);
    workers.ranges(
        output.elements(),
        PIECE,
        (start, end) -> sigmoidGradient(y + start * 4, g + start * 4, to + start * 4, end - start));
  }

  private static void sigmoidGradient(long output, long gradient, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      var y = Lanes.load(output + i);
      var slope = Lanes.broadcast(1).sub(y).mul(y);
      Lanes.store(slope.mul(Lanes.load(gradient + i)), out + i);
    }
    if (whole < count * 4) {
      var mask = Lanes.first(count - whole / 4);
      var y = Lanes.load(output + whole, mask);
      var slope = Lanes.broadcast(1).sub(y).mul(y);
      Lanes.store(slope.mul(Lanes.load(gradient + whole, mask)), out + whole, mask);
    }
  }

  @Override
  public void exp(Tensor x, Tensor out) {
    var from = VectorKernels.address(x);
    var to = VectorKernels.address(out);
    workers.ranges(
        x.elements(), PIECE, (start, end) -> exp(from + start * 4, to + start * 4, end - start));
  }

  private static void exp(long x, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      Lanes.store(VectorMath.expOrInfinity(Lanes.load(x + i)), out + i);
    }
    if (whole < count * 4) {
      var mask = Lanes.first(count - whole / 4);
      Lanes.store(VectorMath.expOrInfinity(Lanes.load(x + whole, mask)), out + whole, mask);
    }
  }

  @Override
  public void log(Tensor x, Tensor out) {
    portable.log(x, out);
  }

  @Override
  public void logGradient(Tensor x, Tensor gradient, Tensor out) {
    portable.logGradient(x, gradient, out);
  }

  @Override
  public void function(ElementFunction f, Tensor x, Tensor out) {
    functions.apply(f, x, out);
  }

  @Override
  public void functionGradient(ElementFunction f, Tensor x, Tensor gradient, Tensor out) {
    functions.gradient(f, x, gradient, out);
  }
}
