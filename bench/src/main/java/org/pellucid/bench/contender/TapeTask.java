package org.pellucid.bench.contender;

import java.util.List;
import java.util.function.Function;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/**
 * A computation on a fresh tape of the engine.
 *
 * @param computation returns its results on the tape
 * @param reader brings the results to PyTorch's layout
 * @param resources what the task owns
 */
record TapeTask(
    Engine engine,
    Function<Tape, List<Tensor>> computation,
    Function<List<Tensor>, List<float[]>> reader,
    List<AutoCloseable> resources)
    implements Task {

  /** Results whose layout is PyTorch's. */
  static List<float[]> asTheyAre(List<Tensor> results) {
    return results.stream().map(Tensor::toFloats).toList();
  }

  @Override
  public void run() {
    try (var tape = new Tape(engine)) {
      computation.apply(tape);
    }
  }

  @Override
  public float[] answer() {
    try (var tape = new Tape(engine)) {
      return Joined.of(reader.apply(computation.apply(tape)));
    }
  }

  @Override
  public void close() {
    for (var resource : resources) {
      try {
        resource.close();
      } catch (Exception e) {
        throw new IllegalStateException("A benchmark's memory could not be given back.", e);
      }
    }
  }
}
