package org.pellucid.bench.contender;

import java.util.List;

/** Several answers as one. */
public final class Joined {
  private Joined() {}

  /** The values of all parts, one after the other. */
  public static float[] of(List<float[]> parts) {
    var result = new float[parts.stream().mapToInt(part -> part.length).sum()];
    var start = 0;
    for (var part : parts) {
      System.arraycopy(part, 0, result, start, part.length);
      start += part.length;
    }
    return result;
  }
}
