package org.pellucid.weights.tensorflow;

import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.WeightFormat;

/** The index of a TensorFlow checkpoint or of a SavedModel's variables. */
public final class TensorFlowFormat implements WeightFormat {
  @Override
  public boolean recognises(MappedFile file) {
    return SsTable.recognises(file.content());
  }

  @Override
  public Checkpoint read(MappedFile file) {
    return new TensorBundle(file).read();
  }
}
