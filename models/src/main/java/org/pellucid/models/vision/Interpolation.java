package org.pellucid.models.vision;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;

/**
 * How pixels of a resized image come from those of the original: Pillow's filters (Resample.c),
 * which widen with the reduction so that every pixel counts (antialiasing), and its nearest
 * neighbour, which does not.
 */
public enum Interpolation {
  /** The pixel at the place, without any mixing. */
  NEAREST(0, 0, x -> 0),
  /** Lanczos, three lobes. */
  LANCZOS(1, 3, x -> x < 3 ? sinc(x) * sinc(x / 3) : 0),
  /** A triangle; torchvision's default. */
  BILINEAR(2, 1, x -> x < 1 ? 1 - x : 0),
  /** Keys' cubic with a = −0.5. */
  BICUBIC(3, 2, Interpolation::cubic),
  /** The mean of the pixels below. */
  BOX(4, 0.5, x -> x > -0.5 && x <= 0.5 ? 1 : 0),
  /** Hamming's window on one lobe. */
  HAMMING(5, 1, x -> x == 0 ? 1 : x < 1 ? sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x)) : 0);

  private static final double KEYS = -0.5;

  private final int pillowNumber;
  private final double support;
  private final DoubleUnaryOperator weight;

  Interpolation(int pillowNumber, double support, DoubleUnaryOperator weight) {
    this.pillowNumber = pillowNumber;
    this.support = support;
    this.weight = weight;
  }

  private static double sinc(double x) {
    return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  }

  private static double cubic(double x) {
    if (x < 1) {
      return ((KEYS + 2) * x - (KEYS + 3)) * x * x + 1;
    }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * KEYS : 0;
  }

  /** Half the width of the filter, in pixels of the original where nothing is reduced. */
  double support() {
    return support;
  }

  /** The filter at a distance; only the box tells sides apart. */
  double weight(double distance) {
    return weight.applyAsDouble(this == BOX ? distance : Math.abs(distance));
  }

  /** The name that options and files use. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The interpolation of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Interpolation of(String text) {
    return Arrays.stream(values())
        .filter(known -> known.text().equals(text.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no interpolation %s, only %s."
                        .formatted(
                            text,
                            Arrays.stream(values())
                                .map(Interpolation::text)
                                .collect(Collectors.joining(", ")))));
  }

  /**
   * The interpolation of Pillow's number, 0 to 5, which configurations give as {@code resample}.
   */
  static Optional<Interpolation> ofPillow(int number) {
    return Arrays.stream(values()).filter(known -> known.pillowNumber == number).findFirst();
  }
}
