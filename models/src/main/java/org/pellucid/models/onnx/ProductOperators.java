package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Broadcast;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.ops.MatMul;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.DType;

/** Products of matrices. */
final class ProductOperators {
  private ProductOperators() {}

  static void addTo(Map<String, Operator> table) {
    table.put("MatMul", Operator.single(ProductOperators::matmul));
    table.put("Gemm", Operator.single(ProductOperators::gemm));
  }

  private static Value matmul(NodeCall call) {
    if (call.input(1) instanceof Known(var weight)
        && weight.shape().length == 2
        && call.input(0).rank() >= 2) {
      return linear(call, weight, false);
    }
    var a = call.tensor(0);
    var b = call.tensor(1);
    check(a.rank() >= 1 && b.rank() >= 1, "%s multiplies a single number", call);
    var row = a.rank() == 1;
    var column = b.rank() == 1;
    var first = row ? call.use(Reshape.apply(call.tape(), a, 1, a.size(0))) : a;
    var second = column ? call.use(Reshape.apply(call.tape(), b, b.size(0), 1)) : b;
    var product = stacked(call, first, second);
    if (!row && !column) {
      return new Real(product, false);
    }
    call.use(product);
    var shape = product.shape();
    var rank = shape.length;
    var kept = new ArrayList<>(LongStream.of(shape).limit(rank - 2).boxed().toList());
    if (!row) {
      kept.add(shape[rank - 2]);
    }
    if (!column) {
      kept.add(shape[rank - 1]);
    }
    var result = kept.stream().mapToLong(Long::longValue).toArray();
    return new Real(Reshape.apply(call.tape(), product, result), false);
  }

  /** Stacks of matrices, broadcast over the axes before the last two. */
  private static Tensor stacked(NodeCall call, Tensor a, Tensor b) {
    var outerA = Arrays.copyOf(a.shape(), a.rank() - 2);
    var outerB = Arrays.copyOf(b.shape(), b.rank() - 2);
    if (Arrays.equals(outerA, outerB)) {
      var shape = a.shape();
      shape[shape.length - 1] = b.size(-1);
      call.checkRoom(shape);
      return MatMul.apply(call.tape(), a, b);
    }
    var outer = Shapes.broadcast(outerA, outerB);
    var result = Arrays.copyOf(outer, outer.length + 2);
    result[outer.length] = a.size(-2);
    result[outer.length + 1] = b.size(-1);
    call.checkRoom(result);
    return MatMul.apply(call.tape(), stretched(call, a, outer), stretched(call, b, outer));
  }

  private static Tensor stretched(NodeCall call, Tensor x, long[] outer) {
    var shape = Arrays.copyOf(outer, outer.length + 2);
    shape[outer.length] = x.size(-2);
    shape[outer.length + 1] = x.size(-1);
    return Arrays.equals(shape, x.shape()) ? x : call.use(Broadcast.apply(call.tape(), x, shape));
  }

  /** A product with a constant matrix, which the engine keeps in the order that suits it. */
  private static Value linear(NodeCall call, NumericArray weight, boolean isTransposed) {
    var form = isTransposed ? weight.shape() : new long[] {weight.shape()[1], weight.shape()[0]};
    var tensor =
        call.constant(
            weight,
            List.of("weight", isTransposed),
            given -> isTransposed ? given : HostMath.transpose(given, 1, 0));
    var result = call.input(0).shape();
    result[result.length - 1] = form[0];
    call.checkRoom(result);
    return new Real(
        Linear.apply(call.tape(), call.tensor(0), tensor, noBias(call, form[0])), false);
  }

  private static Tensor noBias(NodeCall call, long outputs) {
    return call.constant(
        call.fixed(
            List.of("no bias", outputs),
            () -> new NumericArray(DType.F64, new long[] {outputs}, new double[(int) outputs])),
        "as it is",
        array -> array);
  }

  /** {@code alpha · A · B + beta · C}, either factor optionally transposed. */
  private static Value gemm(NodeCall call) {
    var alpha = call.number("alpha", 1);
    var beta = call.number("beta", 1);
    var transposeA = call.whole("transA", 0) != 0;
    var transposeB = call.whole("transB", 0) != 0;
    if (alpha == 1
        && beta == 1
        && !transposeA
        && call.input(1) instanceof Known(var weight)
        && hasRowOfBiases(call, weight, transposeB)) {
      return affine(call, weight, transposeB);
    }
    var tape = call.tape();
    checkMatrices(call);
    call.checkRoom(
        call.input(0).shape()[transposeA ? 1 : 0], call.input(1).shape()[transposeB ? 0 : 1]);
    var product = MatMul.apply(tape, call.tensor(0), transposeA, call.tensor(1), transposeB);
    var scaled = alpha == 1 ? product : Scale.apply(tape, call.use(product), alpha);
    if (!call.has(2) || beta == 0) {
      return new Real(scaled, false);
    }
    var bias = call.tensor(2);
    var scaledBias = beta == 1 ? bias : call.use(Scale.apply(tape, bias, beta));
    return new Real(Add.apply(tape, call.use(scaled), scaledBias), false);
  }

  private static void checkMatrices(NodeCall call) {
    check(
        call.input(0).rank() == 2 && call.input(1).rank() == 2,
        "%s multiplies matrices, not %s and %s",
        call,
        Shapes.text(call.input(0).shape()),
        Shapes.text(call.input(1).shape()));
  }

  private static boolean hasRowOfBiases(NodeCall call, NumericArray weight, boolean transposeB) {
    var outputs = weight.shape()[transposeB ? 0 : 1];
    return weight.shape().length == 2
        && (!call.has(2)
            || call.input(2) instanceof Known(var bias)
                && bias.elements() == outputs
                && (bias.shape().length == 1 || bias.shape()[0] == 1));
  }

  private static Value affine(NodeCall call, NumericArray weight, boolean transposeB) {
    if (!call.has(2)) {
      return linear(call, weight, transposeB);
    }
    var tensor =
        call.constant(
            weight,
            List.of("weight", transposeB),
            given -> transposeB ? given : HostMath.transpose(given, 1, 0));
    var bias = call.constant(call.known(2), "row", given -> given.reshaped(given.elements()));
    return new Real(Linear.apply(call.tape(), call.tensor(0), tensor, bias), false);
  }
}
