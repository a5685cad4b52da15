package org.pellucid.weights.safetensors;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.WeightFormat;

/** The safetensors format (format description in the README of huggingface/safetensors). */
public final class SafetensorsFormat implements WeightFormat {

  /** Whether the content begins like this format and its header lies within it. */
  public static boolean fits(MemorySegment content) {
    return beginsLikeOne(content)
        && Long.compareUnsigned(
                SafetensorsReader.headerLength(content),
                content.byteSize() - SafetensorsReader.PREFIX)
            <= 0;
  }

  @Override
  public boolean recognises(MappedFile file) {
    return beginsLikeOne(file.content());
  }

  @Override
  public Checkpoint read(MappedFile file) {
    return new SafetensorsReader(file).read();
  }

  /** Whether the content begins with a length, then an opening brace. */
  static boolean beginsLikeOne(MemorySegment content) {
    return content.byteSize() > SafetensorsReader.PREFIX
        && content.get(ValueLayout.JAVA_BYTE, SafetensorsReader.PREFIX) == '{';
  }
}
