package org.pellucid.weights.files;

import java.util.function.Function;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.WeightFormat;
import org.pellucid.weights.safetensors.SafetensorsFormat;

/**
 * The index of a model that is split over several files.
 *
 * @param files reads one of these files, whatever its format
 */
record ShardIndexFormat(Function<MappedFile, Checkpoint> files) implements WeightFormat {
  /** Whether the content is a JSON object and not a safetensors file, which may begin alike. */
  @Override
  public boolean recognises(MappedFile file) {
    return ShardIndex.recognises(file.content()) && !SafetensorsFormat.fits(file.content());
  }

  @Override
  public Checkpoint read(MappedFile file) {
    return ShardIndex.parse(file).open(this);
  }
}
