package org.pellucid.explain.view;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Maps numbers in 0..1 to colours, interpolated between anchors in RGB. */
public enum ColourMap {
  /** Perceptually even, dark blue to yellow (after Smith and van der Walt, 2015). */
  VIRIDIS(
      0x440154, 0x482878, 0x3e4a89, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6dcd59, 0xb4de2c,
      0xfde725),
  /** Black through red and yellow to white, like a glowing body. */
  HOT(0x0b0000, 0x5a0000, 0xb00000, 0xff0000, 0xff5600, 0xffac00, 0xffff00, 0xffff80, 0xffffff),
  /** Blue for negative, white for zero, red for positive. */
  DIVERGING(
      0x053061, 0x2166ac, 0x4393c3, 0x92c5de, 0xd1e5f0, 0xf7f7f7, 0xfddbc7, 0xf4a582, 0xd6604d,
      0xb2182b, 0x67001f),
  /** Black to white. */
  GREY(0x000000, 0xffffff);

  /** The colour of NaN: none of the maps contains it. */
  static final int NOT_A_NUMBER = 0xff00ff;

  private final int[] anchors;

  ColourMap(int... anchors) {
    this.anchors = anchors;
  }

  /** The colour {@code 0xrrggbb} of a number; numbers outside of 0..1 count as the nearer end. */
  public int rgb(double value) {
    if (Double.isNaN(value)) {
      return NOT_A_NUMBER;
    }
    var place = Math.clamp(value, 0, 1) * (anchors.length - 1);
    var lower = Math.min((int) place, anchors.length - 2);
    var share = place - lower;
    var colour = 0;
    for (var shift = 16; shift >= 0; shift -= 8) {
      var from = anchors[lower] >> shift & 0xff;
      var to = anchors[lower + 1] >> shift & 0xff;
      colour |= (int) Math.round(from + share * (to - from)) << shift;
    }
    return colour;
  }

  /** The colours of 0/255, 1/255, … 255/255 and of NaN, six hexadecimal digits each. */
  String hexadecimal() {
    return IntStream.rangeClosed(0, 256)
        .mapToObj(level -> "%06x".formatted(rgb(level < 256 ? level / 255.0 : Double.NaN)))
        .collect(Collectors.joining());
  }
}
