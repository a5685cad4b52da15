package org.pellucid.weights.pytorch;

import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.WeightFormat;
import org.pellucid.weights.archive.TarDirectory;

/** The TAR archive that {@code torch.save} wrote before PyTorch 0.1.10. */
public final class PyTorchTarFormat implements WeightFormat {
  @Override
  public boolean recognises(MappedFile file) {
    return TarDirectory.recognises(file.content());
  }

  @Override
  public Checkpoint read(MappedFile file) {
    return new TarReader(file).read();
  }
}
