package org.pellucid.engine.kernels.vector;

import org.pellucid.engine.kernels.AttentionInputs;
import org.pellucid.engine.kernels.AttentionKernels;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.kernels.vector.Blas.Matrix;
import org.pellucid.engine.tensor.Tensor;

/**
 * Attention of several heads, a block of queries at a time, so that scores and probabilities never
 * leave the second-level cache.
 *
 * <p>A head is a range of columns of the projections, which BLAS reads by their row stride; nothing
 * is transposed or copied. Forward, a block computes its scores, turns them into exponentials of
 * their distance from each row's largest, multiplies these by the values and divides the short
 * context rows, not the long rows of exponentials, by their sums. Backward the exponentials are
 * computed again, which is as fast as reading them back and needs no memory that grows with the
 * square of the tokens; a head's blocks follow one another, since each adds to the gradients of all
 * keys and values.
 */
final class VectorAttention implements AttentionKernels {
  private static final int BLOCK = 384;

  private final Workers workers;
  private final AttentionKernels portable;
  private final Scratch.Pool scratches = new Scratch.Pool();

  /** The dimensions of a call, and its constant parts. */
  private record Call(
      long batch, long queries, long keys, long hidden, int heads, float factor, long mask) {
    static Call of(AttentionInputs in) {
      return new Call(
          in.query().size(0),
          in.query().size(1),
          in.key().size(1),
          in.query().size(2),
          in.heads(),
          (float) in.factor(),
          in.mask().map(VectorKernels::address).orElse(0L));
    }

    long width() {
      return hidden / heads;
    }

    /** Where a head's numbers of a query's token begin in the projection, in bytes. */
    long query(long batch, long head, long token) {
      return ((batch * queries + token) * hidden + head * width()) * 4;
    }

    /** Where a head's numbers of the first key or value begin in the projection, in bytes. */
    long key(long batch, long head) {
      return (batch * keys * hidden + head * width()) * 4;
    }

    long maskOf(long batch) {
      return mask == 0 ? 0 : mask + batch * keys * 4;
    }

    /** Room for a block's scores; rows begin on cache lines. */
    long scoreStride() {
      return Lanes.roundedUp((int) keys);
    }
  }

  VectorAttention(Workers workers, AttentionKernels portable) {
    this.workers = workers;
    this.portable = portable;
  }

  @Override
  public void forward(AttentionInputs in, Tensor out) {
    if (out.elements() == 0) {
      portable.forward(in, out);
      return;
    }
    Blas.useCallingThread();
    var call = Call.of(in);
    var heads = call.heads();
    var q = VectorKernels.address(in.query());
    var k = VectorKernels.address(in.key());
    var v = VectorKernels.address(in.value());
    var y = VectorKernels.address(out);
    var blocks = (call.queries() + BLOCK - 1) / BLOCK;
    workers.run(
        Math.toIntExact(call.batch() * heads * blocks),
        piece ->
            scratches.with(
                own -> {
                  var batch = piece / (heads * blocks);
                  var head = piece / blocks % heads;
                  var first = piece % blocks * BLOCK;
                  var rows = Math.min(BLOCK, call.queries() - first);
                  var all = call.key(batch, head);
                  var some = call.query(batch, head, first);
                  var scores = own.scores(BLOCK * call.scoreStride() * 4);
                  var sums = own.sums(BLOCK);
                  exponentials(call, q + some, k + all, call.maskOf(batch), rows, scores, sums);
                  Blas.multiply(
                      Matrix.of(scores, call.scoreStride()),
                      Matrix.of(v + all, call.hidden()),
                      0,
                      Matrix.of(y + some, call.hidden()),
                      rows,
                      call.width(),
                      call.keys());
                  for (var row = 0; row < rows; row++) {
                    VectorSoftmax.scale(
                        y + some + row * call.hidden() * 4, 1 / sums[row], call.width());
                  }
                }));
  }

  /** A block's {@code exp(score − the row's largest)}, and the sums of its rows. */
  private static void exponentials(
      Call call, long queries, long keys, long mask, long rows, long scores, float[] sums) {
    var stride = call.scoreStride();
    Blas.multiply(
        Matrix.of(queries, call.hidden()),
        Matrix.transposed(keys, call.hidden()),
        0,
        Matrix.of(scores, stride),
        rows,
        call.keys(),
        call.width());
    for (var row = 0; row < rows; row++) {
      var line = scores + row * stride * 4;
      var largest = VectorSoftmax.prepare(line, call.factor(), mask, line, call.keys());
      sums[row] = VectorSoftmax.exponentials(line, largest, call.keys());
    }
  }

  @Override
  public void gradient(
      AttentionInputs in,
      Tensor gradient,
      Tensor queryGradient,
      Tensor keyGradient,
      Tensor valueGradient) {
    if (gradient.elements() == 0) {
      portable.gradient(in, gradient, queryGradient, keyGradient, valueGradient);
      return;
    }
    Blas.useCallingThread();
    var call = Call.of(in);
    var heads = call.heads();
    var q = VectorKernels.address(in.query());
    var k = VectorKernels.address(in.key());
    var v = VectorKernels.address(in.value());
    var g = VectorKernels.address(gradient);
    var dq = VectorKernels.address(queryGradient);
    var dk = VectorKernels.address(keyGradient);
    var dv = VectorKernels.address(valueGradient);
    workers.run(
        Math.toIntExact(call.batch() * heads),
        piece ->
            scratches.with(
                own -> {
                  var batch = piece / heads;
                  var head = piece % heads;
                  var all = call.key(batch, head);
                  for (var first = 0L; first < call.queries(); first += BLOCK) {
                    var some = call.query(batch, head, first);
                    var rows = Math.min(BLOCK, call.queries() - first);
                    var beta = first == 0 ? 0 : 1;
                    gradientBlock(
                        call,
                        new Projections(q + some, k + all, v + all),
                        call.maskOf(batch),
                        rows,
                        g + some,
                        beta,
                        new Projections(dq + some, dk + all, dv + all),
                        own);
                  }
                }));
  }

  /** Addresses of a block's queries and of a head's keys and values, or of their gradients. */
  private record Projections(long queries, long keys, long values) {}

  private static void gradientBlock(
      Call call,
      Projections in,
      long mask,
      long rows,
      long g,
      float beta,
      Projections out,
      Scratch own) {
    var hidden = call.hidden();
    var width = call.width();
    var keys = call.keys();
    var stride = call.scoreStride();
    var probabilities = own.scores(2 * BLOCK * stride * 4);
    var slopes = probabilities + BLOCK * stride * 4;
    var sums = own.sums(BLOCK);
    exponentials(call, in.queries(), in.keys(), mask, rows, probabilities, sums);
    Blas.multiply(
        Matrix.of(g, hidden),
        Matrix.transposed(in.values(), hidden),
        0,
        Matrix.of(slopes, stride),
        rows,
        keys,
        width);
    for (var row = 0; row < rows; row++) {
      var p = probabilities + row * stride * 4;
      var s = slopes + row * stride * 4;
      VectorSoftmax.scale(p, 1 / sums[row], keys);
      VectorSoftmax.centre(p, s, VectorSoftmax.dot(p, s, keys), call.factor(), s, keys);
    }
    var gradients = Matrix.of(g, hidden);
    Blas.multiply(
        Matrix.transposed(probabilities, stride),
        gradients,
        beta,
        Matrix.of(out.values(), hidden),
        keys,
        width,
        rows);
    Blas.multiply(
        Matrix.of(slopes, stride),
        Matrix.of(in.keys(), hidden),
        0,
        Matrix.of(out.queries(), hidden),
        rows,
        width,
        keys);
    Blas.multiply(
        Matrix.transposed(slopes, stride),
        Matrix.of(in.queries(), hidden),
        beta,
        Matrix.of(out.keys(), hidden),
        keys,
        width,
        rows);
  }
}
