package org.pellucid.models.vision;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How an image becomes what a network was trained on: its size, the scale of its samples, their
 * normalisation, and the order of the channels. Whether an image is made grey follows from the
 * network's channels.
 *
 * <p>Of these only size and orientation change the input that is explained, which stays the image's
 * own pixels in 0..1. Scale, normalisation and order belong to the network: {@link #normalisation}
 * is to stand before its first layer.
 *
 * @param fit how proportions are treated
 * @param resize the size before the centre is cut out: empty for the smallest that covers the
 *     network's input, one number for the shorter side, or height and width; with {@link Fit#CROP}
 *     alone
 * @param interpolation of the resizing
 * @param rescale the factor from samples in 0..255 to what is normalised, usually 1/255
 * @param mean what is subtracted from each channel after rescaling, in the network's order; one
 *     number stands for all channels, none for 0
 * @param deviation what each channel is divided by then; none for 1
 * @param order of the channels that the network takes
 * @param upright whether an EXIF orientation is applied
 */
public record Preprocessing(
    Fit fit,
    List<Integer> resize,
    Interpolation interpolation,
    double rescale,
    List<Double> mean,
    List<Double> deviation,
    ChannelOrder order,
    boolean upright) {
  private static final double EIGHT_BITS = 1 / 255.0;
  private static final int LARGEST_SIDE = 65_536;

  /** How an image of other proportions is brought to the network's. */
  public enum Fit {
    /** Stretched. */
    SQUASH,
    /** Resized as a whole, then its centre cut out, as torchvision's CenterCrop does. */
    CROP,
    /** Made to fit in, with black beside it. */
    PAD
  }

  /** The order of a network's colours. */
  public enum ChannelOrder {
    /** Red, green, blue. */
    RGB,
    /** Blue, green, red, as OpenCV's and Caffe's users have it. */
    BGR
  }

  /**
   * A normalisation of samples in 0..1, red first: each channel less its mean, over its deviation.
   *
   * @param mean one for each channel
   * @param deviation one for each channel
   */
  public record Normalisation(List<Double> mean, List<Double> deviation) {
    /** Copies the lists. */
    public Normalisation {
      mean = List.copyOf(mean);
      deviation = List.copyOf(deviation);
    }

    /** Whether it changes nothing. */
    public boolean isIdentity() {
      return mean.stream().allMatch(m -> m == 0) && deviation.stream().allMatch(d -> d == 1);
    }
  }

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if a number is out of its range or a resizing has no meaning
   */
  public Preprocessing {
    resize = List.copyOf(resize);
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    check(
        resize.size() <= 2 && resize.stream().allMatch(side -> side > 0 && side <= LARGEST_SIDE),
        "The size to resize to is %s, but must be a shorter side or height and width of 1 to %d"
            + " pixels",
        resize,
        LARGEST_SIDE);
    check(
        resize.isEmpty() || fit == Fit.CROP,
        "A size to resize to goes before cutting out the centre; choose the fit crop, not %s",
        Texts.lower(fit));
    check(
        rescale > 0 && rescale <= 1e6,
        "The factor of rescaling is %s, but must be above 0",
        rescale);
    for (var number : mean) {
      check(Double.isFinite(number), "A mean is %s, but must be a number", number);
    }
    for (var number : deviation) {
      check(
          number > 0 && Double.isFinite(number),
          "A standard deviation is %s, but must be above 0",
          number);
    }
    check(
        mean.isEmpty() || deviation.isEmpty() || mean.size() == deviation.size(),
        "%d means don't belong to %d standard deviations; give one of each for each channel",
        mean.size(),
        deviation.size());
  }

  /** Stretched, antialiased bilinear, samples in 0..1 as they are, photographs upright. */
  public static Preprocessing standard() {
    return new Preprocessing(
        Fit.SQUASH,
        List.of(),
        Interpolation.BILINEAR,
        EIGHT_BITS,
        List.of(),
        List.of(),
        ChannelOrder.RGB,
        true);
  }

  /** The homework's: as standard, but photographs stay as they are stored. */
  public static Preprocessing homework() {
    return standard().withUpright(false);
  }

  /** This one with photographs upright or as they are stored. */
  public Preprocessing withUpright(boolean turned) {
    return new Preprocessing(fit, resize, interpolation, rescale, mean, deviation, order, turned);
  }

  /** This one with another interpolation. */
  public Preprocessing withInterpolation(Interpolation other) {
    return new Preprocessing(fit, resize, other, rescale, mean, deviation, order, upright);
  }

  /**
   * What a network of as many channels does to the image's samples in 0..1, rescaling included, in
   * the order of the image's channels.
   *
   * @throws IllegalArgumentException if there are means or deviations for another number of
   *     channels
   */
  public Normalisation normalisation(int channels) {
    var scale = 255 * rescale;
    return new Normalisation(
        each(mean, channels, 0, "means").stream().map(m -> m / scale).toList(),
        each(deviation, channels, 1, "standard deviations").stream().map(d -> d / scale).toList());
  }

  private List<Double> each(List<Double> numbers, int channels, double standard, String what) {
    check(
        numbers.size() <= 1 || numbers.size() == channels,
        "%d %s are given, but the network takes %d channels",
        numbers.size(),
        what,
        channels);
    if (numbers.size() <= 1) {
      return Collections.nCopies(channels, numbers.isEmpty() ? standard : numbers.getFirst());
    }
    return order == ChannelOrder.BGR ? numbers.reversed() : numbers;
  }

  /** Whether the network's own scale differs from 0..1. */
  public boolean normalises() {
    return !normalisation(Math.max(1, Math.max(mean.size(), deviation.size()))).isIdentity();
  }

  /**
   * An image brought to a size.
   *
   * @throws ImageException if its proportions make it too large on the way
   */
  public Image sized(Image image, int height, int width) {
    var framing = Framing.of(this, image.height(), image.width(), height, width);
    var resized = Resize.to(image, framing.width(), framing.height(), interpolation);
    return framing.isWhole(height, width) ? resized : framing.cut(resized, height, width);
  }

  /**
   * An array of planes brought to a size.
   *
   * @param values {@code [planes, fromHeight, fromWidth]}
   * @return {@code [planes, height, width]}
   * @throws ImageException if its proportions make it too large on the way
   */
  public float[] sized(float[] values, int fromHeight, int fromWidth, int height, int width) {
    var framing = Framing.of(this, fromHeight, fromWidth, height, width);
    var resized =
        Resize.to(values, fromWidth, fromHeight, framing.width(), framing.height(), interpolation);
    return framing.isWhole(height, width) ? resized : framing.cut(resized, height, width);
  }

  /** By name, as a configuration gives it and a manifest tells it. */
  public Map<String, Object> asMap() {
    var map = new LinkedHashMap<String, Object>();
    map.put("fit", Texts.lower(fit));
    if (!resize.isEmpty()) {
      map.put("resize", resize.size() == 1 ? resize.getFirst() : resize);
    }
    map.put("interpolation", interpolation.text());
    map.put("rescale", rescale);
    map.put("mean", mean.isEmpty() ? List.of(0.0) : mean);
    map.put("std", deviation.isEmpty() ? List.of(1.0) : deviation);
    map.put("channels", Texts.lower(order));
    map.put("orientation", upright ? "exif" : "stored");
    return map;
  }

  /** One sentence for people, such as a report's. */
  public String sentence() {
    var parts = new ArrayList<String>();
    parts.add(
        switch (fit) {
              case SQUASH -> "stretched to the network's size";
              case CROP ->
                  "resized to %s and their centre cut out"
                      .formatted(
                          switch (resize.size()) {
                            case 0 -> "cover the network's size";
                            case 1 -> "a shorter side of " + resize.getFirst();
                            default -> resize.getFirst() + " x " + resize.getLast();
                          });
              case PAD -> "made to fit the network's size with black beside them";
            }
            + " (%s)".formatted(interpolation.text()));
    if (Math.abs(rescale * 255 - 1) > 1e-9) {
      parts.add("samples times " + rescale);
    }
    if (mean.stream().anyMatch(m -> m != 0) || deviation.stream().anyMatch(d -> d != 1)) {
      parts.add(
          "normalised by mean %s and standard deviation %s"
              .formatted(listed(mean, "0"), listed(deviation, "1")));
    }
    if (order == ChannelOrder.BGR) {
      parts.add("blue first");
    }
    parts.add(upright ? "photographs turned upright" : "photographs as stored");
    return "Images are " + String.join(", ", parts) + ".";
  }

  private static String listed(List<Double> numbers, String none) {
    return numbers.isEmpty()
        ? none
        : numbers.stream().map(Texts::number).collect(Collectors.joining(" "));
  }
}
