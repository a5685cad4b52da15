package org.pellucid.models.zoo;

import java.util.List;
import java.util.Map;
import org.pellucid.models.nn.NetworkDescription;
import org.pellucid.models.nn.PublishedNetwork;
import org.pellucid.models.vision.PreprocessingOptions;

/**
 * How torchvision's published networks have their images: the shorter side brought to 256 pixels,
 * the centre of 224 by 224 cut out, and each channel normalised by ImageNet's mean and deviation.
 */
final class ImageNetPreprocessing {
  private static final double SHORTER_SIDE = 256.0 / PublishedNetwork.SIZE;
  private static final int COLOURS = 3;
  private static final int CLASSES = 1000;

  private ImageNetPreprocessing() {}

  /** For images of a network's size; other sizes are cut out of as much as 224 is of 256. */
  static PreprocessingOptions of(NetworkDescription description) {
    var shorter = List.of(shorterSide(description));
    // A network of grey images has been trained on others than ImageNet's.
    return PreprocessingOptions.of(
        description.inputChannels() == COLOURS
            ? Map.of(
                "fit",
                "crop",
                "resize",
                shorter,
                "mean",
                List.of(0.485, 0.456, 0.406),
                "std",
                List.of(0.229, 0.224, 0.225))
            : Map.of("fit", "crop", "resize", shorter));
  }

  private static int shorterSide(NetworkDescription description) {
    var side = Math.min(description.inputHeight(), description.inputWidth());
    return (int) Math.round(side * SHORTER_SIDE);
  }

  /** What is said of a network that was recognised, of its images and of its classes. */
  static List<String> notes(PublishedNetwork network, boolean namesAreKnown, int classes) {
    var recognised =
        "The names are those of %s in torchvision, whose published architecture gives strides and poolings"
            .formatted(network.name());
    var description = network.description();
    var images =
        description.inputChannels() == COLOURS
            ? ("; where nothing else is said, images are prepared as its own were: shorter side %d,"
                    + " centre of %d x %d, ImageNet's mean and deviation.")
                .formatted(
                    shorterSide(description), description.inputHeight(), description.inputWidth())
            : "; its images are grey, and nothing says how they were normalised: give --mean and"
                + " --std.";
    return namesAreKnown
        ? List.of(recognised + images)
        : List.of(
            recognised + images,
            classes == CLASSES
                ? "Classes are numbered, as in ImageNet's list of 1,000; give their names by"
                    + " --labels FILE."
                : "Classes are numbered; give their names by --labels FILE.");
  }
}
