package org.pellucid.explain.run;

import java.nio.file.Path;

/**
 * Saves every explanation in the folder of its input: {@code DIR/INPUT/METHOD.npy} with the values
 * and {@code METHOD.json} with everything else.
 */
public record ResultFiles(Path directory) implements Sink {
  @Override
  public void accept(ExplainedInput input) {
    for (var explanation : input.explanations()) {
      explanation.save(directory.resolve(input.name()), explanation.method());
    }
  }

  @Override
  public void restore(ExplainedInput input) {}
}
