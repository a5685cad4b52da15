package org.pellucid.weights.pytorch;

import java.lang.foreign.ValueLayout;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.WeightFormat;

/** The stream of pickles and storages that {@code torch.save} wrote from PyTorch 0.1.10 to 1.5. */
public final class PyTorchStreamFormat implements WeightFormat {
  private static final byte PROTOCOL = (byte) 0x80;

  /**
   * Whether the content begins with a pickle. A hostile file may compute the magic number that has
   * to stand in it, so that is compared only when the pickle is read.
   */
  @Override
  public boolean recognises(MappedFile file) {
    var content = file.content();
    return content.byteSize() > 3
        && content.get(ValueLayout.JAVA_BYTE, 0) == PROTOCOL
        && content.get(ValueLayout.JAVA_BYTE, 1) >= 2
        && content.get(ValueLayout.JAVA_BYTE, 1) <= 5;
  }

  @Override
  public Checkpoint read(MappedFile file) {
    return new StreamReader(file).read();
  }
}
