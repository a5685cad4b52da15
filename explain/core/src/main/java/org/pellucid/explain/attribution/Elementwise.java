package org.pellucid.explain.attribution;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Nd4jRuntime;
import org.pellucid.engine.tensor.Tensor;

/**
 * Functions of tensors that a backward rule needs and the kernels lack, computed in double
 * precision part by part on the engine's threads.
 */
final class Elementwise {
  private Elementwise() {}

  /** Computes one part of a result from the same part of each input. */
  @FunctionalInterface
  interface Part {
    /**
     * Writes all of {@code result}.
     *
     * @param inputs the part's elements of each input in C order
     */
    void compute(double[][] inputs, double[] result);
  }

  /** One number as a function of the numbers at the same place. */
  @FunctionalInterface
  interface Function {
    /** The number. */
    double of(double first, double second);
  }

  /** Into how many parts of whole rows of the last axis a tensor is cut. */
  static int parts(Tensor tensor) {
    var parts = tensor.rank() < 2 ? 1 : tensor.size(0);
    return Math.toIntExact(tensor.rank() < 3 ? parts : parts * tensor.size(1));
  }

  /** {@code result = function(first, second)}, of tensors of one shape. */
  static void combine(
      Engine engine, Function function, Tensor first, Tensor second, Tensor result) {
    apply(
        engine,
        parts(result),
        (inputs, numbers) -> {
          for (var i = 0; i < numbers.length; i++) {
            numbers[i] = function.of(inputs[0][i], inputs[1][i]);
          }
        },
        result,
        first,
        second);
  }

  /**
   * Cuts the tensors into parts in C order and computes each part of the result.
   *
   * @param parts divides the number of every tensor's elements
   */
  static void apply(Engine engine, int parts, Part function, Tensor result, Tensor... inputs) {
    var size = Math.toIntExact(result.elements() / parts);
    if (!Nd4jRuntime.onHost()) {
      result.set(onDevice(parts, function, size, inputs));
      return;
    }
    engine.parallel(
        parts,
        part -> {
          var numbers = new double[inputs.length][];
          for (var i = 0; i < inputs.length; i++) {
            numbers[i] = read(inputs[i], part, parts);
          }
          var computed = new double[size];
          function.compute(numbers, computed);
          write(computed, result, part);
        });
  }

  private static double[] onDevice(int parts, Part function, int size, Tensor[] inputs) {
    var whole = new double[inputs.length][];
    for (var i = 0; i < inputs.length; i++) {
      whole[i] = inputs[i].toDoubles();
    }
    var result = new double[parts * size];
    for (var part = 0; part < parts; part++) {
      var numbers = new double[inputs.length][];
      for (var i = 0; i < inputs.length; i++) {
        var length = whole[i].length / parts;
        numbers[i] = new double[length];
        System.arraycopy(whole[i], part * length, numbers[i], 0, length);
      }
      var computed = new double[size];
      function.compute(numbers, computed);
      System.arraycopy(computed, 0, result, part * size, size);
    }
    return result;
  }

  private static double[] read(Tensor tensor, int part, int parts) {
    var numbers = new double[Math.toIntExact(tensor.elements() / parts)];
    var from = (long) part * numbers.length;
    var memory = tensor.memory();
    if (tensor.type() == ElementType.FLOAT64) {
      MemorySegment.copy(
          memory, ValueLayout.JAVA_DOUBLE, from * Double.BYTES, numbers, 0, numbers.length);
    } else {
      for (var i = 0; i < numbers.length; i++) {
        numbers[i] = memory.getAtIndex(ValueLayout.JAVA_FLOAT, from + i);
      }
    }
    return numbers;
  }

  private static void write(double[] numbers, Tensor tensor, int part) {
    var from = (long) part * numbers.length;
    var memory = tensor.memory();
    if (tensor.type() == ElementType.FLOAT64) {
      MemorySegment.copy(
          numbers, 0, memory, ValueLayout.JAVA_DOUBLE, from * Double.BYTES, numbers.length);
    } else {
      for (var i = 0; i < numbers.length; i++) {
        memory.setAtIndex(ValueLayout.JAVA_FLOAT, from + i, (float) numbers[i]);
      }
    }
  }
}
