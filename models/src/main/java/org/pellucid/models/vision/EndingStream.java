package org.pellucid.models.vision;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * The bytes of a file for an {@code ImageIO} reader that may go on at its end: some readers take
 * zeros for each bit that is missing, up to as many pixels as a damaged header names.
 */
final class EndingStream extends MemoryCacheImageInputStream {
  /** Readers look ahead at the end, but not as often. */
  private static final int MOST_ENDS = 1000;

  private int ends;

  EndingStream(byte[] content) {
    super(new ByteArrayInputStream(content));
  }

  @Override
  public int read() throws IOException {
    return counted(super.read());
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    return counted(super.read(target, offset, length));
  }

  private int counted(int read) {
    if (read < 0 && ++ends > MOST_ENDS) {
      throw new IllegalStateException("it ends too early");
    }
    return read;
  }
}
