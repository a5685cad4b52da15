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
        && call.input(0).rank() >= 2
        && isOneMatrix(weight.shape())) {
      return withConstant(call, weight);
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

  /** A vector, a matrix, or a stack of a single one. */
  private static boolean isOneMatrix(long[] shape) {
    return shape.length >= 1
        && Arrays.stream(shape).limit(Math.max(0, shape.length - 2)).allMatch(n -> n == 1);
  }

  /**
   * A product with a constant matrix, which the engine keeps in the order that suits it. So an
   * example has the same bits in any batch, as it may not have by products of two matrices.
   */
  private static Value withConstant(NodeCall call, NumericArray matrix) {
    var shape = matrix.shape();
    var isVector = shape.length == 1;
    var inputs = shape[Math.max(0, shape.length - 2)];
    var outputs = isVector ? 1 : shape[shape.length - 1];
    var weight =
        call.constant(
            matrix,
            List.of("weight", false, 1.0),
            given -> HostMath.transpose(given.reshaped(inputs, outputs), 1, 0));
    var of = call.input(0).shape();
    var result = Shapes.padded(of, Math.max(of.length, shape.length));
    result[result.length - 1] = outputs;
    call.checkRoom(result);
    var product = Linear.apply(call.tape(), call.tensor(0), weight, noBias(call, outputs));
    var kept = isVector ? Arrays.copyOf(result, result.length - 1) : result;
    return new Real(
        Arrays.equals(kept, product.shape())
            ? product
            : Reshape.apply(call.tape(), call.use(product), kept),
        false);
  }

  /** A row of zeros. */
  static Tensor noBias(NodeCall call, long outputs) {
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
    if (!transposeA
        && call.input(1) instanceof Known(var weight)
        && hasRowOfBiases(call, weight, transposeB)) {
      return affine(call, weight, transposeB, alpha, beta);
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
        call.input(0).shape(),
        call.input(1).shape());
  }

  private static boolean hasRowOfBiases(NodeCall call, NumericArray weight, boolean transposeB) {
    var outputs = weight.shape()[transposeB ? 0 : 1];
    return weight.shape().length == 2
        && (!call.has(2)
            || call.input(2) instanceof Known(var bias)
                && (bias.elements() == outputs || bias.elements() == 1)
                && (bias.shape().length < 2 || bias.shape()[0] == 1));
  }

  private static Value affine(
      NodeCall call, NumericArray weight, boolean transposeB, double alpha, double beta) {
    var outputs = weight.shape()[transposeB ? 0 : 1];
    var tensor =
        call.constant(
            weight,
            List.of("weight", transposeB, alpha),
            given -> scaled(transposeB ? given : HostMath.transpose(given, 1, 0), alpha));
    var bias =
        call.has(2)
            ? call.constant(
                call.known(2), List.of("row", outputs, beta), given -> row(given, outputs, beta))
            : noBias(call, outputs);
    var result = call.input(0).shape();
    result[result.length - 1] = outputs;
    call.checkRoom(result);
    return new Real(Linear.apply(call.tape(), call.tensor(0), tensor, bias), false);
  }

  private static NumericArray scaled(NumericArray array, double factor) {
    return factor == 1
        ? array
        : new NumericArray(
            DType.F64,
            array.shape(),
            Arrays.stream(array.values()).map(value -> factor * value).toArray());
  }

  /** A number for each output, or one for all. */
  private static NumericArray row(NumericArray bias, long outputs, double factor) {
    var whole =
        bias.elements() == outputs
            ? bias.reshaped(outputs)
            : HostMath.broadcast(bias.reshaped(1), new long[] {outputs});
    return scaled(whole, factor);
  }
}
