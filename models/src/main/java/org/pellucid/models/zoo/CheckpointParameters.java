package org.pellucid.models.zoo;

import java.util.SequencedSet;
import org.pellucid.models.nn.ParameterSource;
import org.pellucid.weights.Checkpoint;

/** The weights of an open checkpoint as a network's parameters. */
public record CheckpointParameters(Checkpoint checkpoint) implements ParameterSource {

  @Override
  public SequencedSet<String> names() {
    return checkpoint.names();
  }

  @Override
  public long[] shape(String name) {
    return checkpoint.tensor(name).info().shape();
  }

  @Override
  public float[] floats(String name) {
    return checkpoint.tensor(name).toFloats();
  }

  @Override
  public String origin() {
    return checkpoint.file().toString();
  }
}
