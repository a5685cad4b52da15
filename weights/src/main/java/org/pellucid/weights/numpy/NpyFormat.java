package org.pellucid.weights.numpy;

import java.util.LinkedHashMap;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.WeightFormat;
import org.pellucid.weights.WeightTensor;

/** An NPY file as a checkpoint of one tensor, named as the file without its ending. */
public final class NpyFormat implements WeightFormat {
  @Override
  public boolean recognises(MappedFile file) {
    return NpyHeader.recognises(file.content());
  }

  @Override
  public Checkpoint read(MappedFile file) {
    var name = file.file().getFileName().toString().replaceFirst("\\.npy$", "");
    var tensors = new LinkedHashMap<String, WeightTensor>();
    tensors.put(name, Npy.parse(FileLocation.in(file.file()).at(0), name, file.content()));
    return new Checkpoint(file, "npy", tensors);
  }
}
