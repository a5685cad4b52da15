package org.pellucid.explain.view;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Maps numbers in 0..1 to colours, interpolated between anchors in RGB.
 *
 * <p>{@link #MAGMA}, {@link #VIRIDIS}, {@link #CIVIDIS} and {@link #DIVERGING} are perceptually
 * even, and lightness alone tells their numbers apart, so that they read the same with any colour
 * vision and in grey print.
 */
public enum ColourMap {
  /** Black through purple and orange to a pale yellow (after Smith and van der Walt, 2015). */
  MAGMA(
      0x000004, 0x090720, 0x1a1042, 0x311165, 0x4a1079, 0x621980, 0x792282, 0x912b81, 0xaa337d,
      0xc23b75, 0xd9466b, 0xec5860, 0xf7725c, 0xfc8e64, 0xfeaa74, 0xfec68a, 0xfde2a3, 0xfcfdbf),

  /** Dark blue through green to yellow (after Smith and van der Walt, 2015). */
  VIRIDIS(
      0x440154, 0x481769, 0x472a7a, 0x433d84, 0x3d4e8a, 0x355e8d, 0x2e6d8e, 0x297b8e, 0x23898e,
      0x1f978b, 0x21a585, 0x2eb37c, 0x46c06f, 0x65cb5e, 0x89d548, 0xb0dd2f, 0xd8e219, 0xfde725),

  /** Blue through grey to yellow (after Nuñez, Anderton and Renslow, 2018). */
  CIVIDIS(
      0x00224e, 0x002d68, 0x163770, 0x2e416d, 0x3f4c6c, 0x4e566c, 0x5c616e, 0x696b71, 0x767676,
      0x838179, 0x928c78, 0xa09875, 0xafa471, 0xbfb06b, 0xcfbd62, 0xdfca57, 0xf0d846, 0xfee838),

  /** Black through red and yellow to white, like a glowing body; not perceptually even. */
  HOT(0x0b0000, 0x5a0000, 0xb00000, 0xff0000, 0xff5600, 0xffac00, 0xffff00, 0xffff80, 0xffffff),

  /** Blue for negative, white for zero, red for positive; both arms darken alike. */
  DIVERGING(
      0x003670, 0x01478d, 0x0658ab, 0x256bbe, 0x3f7fce, 0x5a93db, 0x76a7e5, 0x94bbed, 0xb4cff2,
      0xd4e2f4, 0xf7f7f7, 0xf7d9d3, 0xf5bdb1, 0xefa191, 0xe78673, 0xdb6b56, 0xcc513b, 0xba3721,
      0xa51c02, 0x881300, 0x6b0d00),

  /** Black to white. */
  GREY(0x000000, 0xffffff);

  /** The colour of NaN: none of the maps contains it. */
  static final int NOT_A_NUMBER = 0xff00ff;

  /** The colour of a map that is zero everywhere. */
  static final int BLANK = 0xf7f7f7;

  private final int[] anchors;

  ColourMap(int... anchors) {
    this.anchors = anchors;
  }

  /**
   * A colour map by its name in lower case.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static ColourMap named(String name) {
    return Arrays.stream(values())
        .filter(map -> map.text().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There are no colours %s; choose one of %s"
                        .formatted(
                            name,
                            Arrays.stream(values())
                                .map(ColourMap::text)
                                .collect(Collectors.joining(", ")))));
  }

  /** The name in lower case, as on the command line. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
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
