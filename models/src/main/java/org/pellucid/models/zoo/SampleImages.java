package org.pellucid.models.zoo;

import java.util.List;
import org.pellucid.models.vision.Image;

/** The built-in images: ray-traced scenes of food, each with a mask of where the food is. */
public final class SampleImages {
  private static final List<String> NAMES =
      List.of(
          "0_0", "1_1", "1_2", "2_3", "2_4", "3_5", "4_10", "5_6", "6_7", "7_11", "8_8", "9_9",
          "10_12");

  /**
   * One image.
   *
   * @param name {@code class_number}
   * @param label its class, 0..10
   * @param image 512×512 pixels
   * @param mask of the same size, white where the classified food is
   */
  public record Sample(String name, int label, Image image, Image mask) {}

  private SampleImages() {}

  /** The names of all samples, by class. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * Opens one sample.
   *
   * @throws IllegalArgumentException if there is none of that name
   * @throws IllegalStateException if the artifact {@code pellucid-examples} is not on the class
   *     path
   */
  public static Sample open(String name) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "There is no sample image %s; the names are %s.".formatted(name, NAMES));
    }
    var label = Integer.parseInt(name.substring(0, name.indexOf('_')));
    return new Sample(name, label, resource(name + ".jpg"), resource(name + ".mask.png"));
  }

  private static Image resource(String file) {
    return Image.decode(file, ExampleFiles.read("samples/" + file));
  }
}
