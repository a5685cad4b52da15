package org.pellucid.explain.evaluation;

import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/** Many inputs, batch by batch. */
final class Batches {
  private Batches() {}

  /** Does something with some inputs from a number on. */
  @FunctionalInterface
  interface Batch {
    void run(int first, int filled);
  }

  /** Does something with a batch on a tape whose first input has a number. */
  @FunctionalInterface
  interface Forward {
    void run(Tape tape, Tensor x, int first);
  }

  /**
   * Cuts {@code count} inputs into batches and reports progress before each and at the end.
   *
   * @param capacity the most inputs of a batch
   */
  static void run(int count, int capacity, RunOptions options, Batch batch) {
    for (var done = 0; done < count; ) {
      options.progress().step(done, count);
      var filled = Math.min(capacity, count - done);
      batch.run(done, filled);
      done += filled;
    }
    options.progress().step(count, count);
  }

  /** Runs something forward for all inputs, in batches that need no gradient. */
  static void forward(
      Evaluator evaluator,
      int count,
      Evaluator.Inputs inputs,
      RunOptions options,
      Forward forward) {
    var capacity = Math.min(count, evaluator.batchSize(options, false));
    var singles = singles(evaluator, capacity);
    run(
        count,
        capacity,
        options,
        (first, filled) -> {
          try (var tape = new Tape(evaluator.engine())) {
            forward.run(tape, tensor(evaluator, tape, inputs, first, filled, singles), first);
          }
        });
  }

  /** Room for inputs of a model in single precision; none for one in double precision. */
  static float[] singles(Evaluator evaluator, int capacity) {
    return new float
        [isPrecise(evaluator) ? 0 : Math.multiplyExact(capacity, evaluator.inputSize())];
  }

  private static boolean isPrecise(Evaluator evaluator) {
    return evaluator.model().type() == ElementType.FLOAT64;
  }

  /**
   * Inputs from a number on, written in the precision of the model.
   *
   * @param singles has room for them, for a model in single precision
   */
  static Tensor tensor(
      Evaluator evaluator,
      Tape tape,
      Evaluator.Inputs inputs,
      int first,
      int count,
      float[] singles) {
    var size = evaluator.inputSize();
    if (!isPrecise(evaluator)) {
      evaluator.engine().parallel(count, k -> inputs.write(first + k, singles, k * size));
      return evaluator.batchOn(tape, singles, count);
    }
    var shape = Evaluator.withBatch(count, evaluator.model().inputShape());
    var tensor = tape.allocate(ElementType.FLOAT64, shape);
    var numbers = new double[Math.multiplyExact(count, size)];
    evaluator
        .engine()
        .parallel(
            count,
            k -> {
              var row = new double[size];
              inputs.write(first + k, row);
              System.arraycopy(row, 0, numbers, k * size, size);
            });
    tensor.set(numbers);
    return tensor;
  }
}
