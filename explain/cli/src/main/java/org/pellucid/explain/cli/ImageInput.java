package org.pellucid.explain.cli;

import java.nio.file.Path;
import java.util.OptionalInt;
import org.pellucid.models.vision.ImageFiles;
import org.pellucid.models.zoo.ImageClassifier;
import org.pellucid.models.zoo.SampleImages.Sample;

/**
 * An image on its way into a network.
 *
 * @param label the class its name carries, if any
 * @param values {@code [channels, height, width]} in the network's size, in 0..1
 */
record ImageInput(String name, OptionalInt label, float[] values) {

  /** Reads an image or an {@code .npy} tensor and brings it to the network's size. */
  static ImageInput read(Path file, ImageClassifier classifier) {
    return new ImageInput(ImageFiles.stem(file), ImageFiles.label(file), classifier.prepare(file));
  }

  static ImageInput of(Sample sample, ImageClassifier classifier) {
    return new ImageInput(
        sample.name(), OptionalInt.of(sample.label()), classifier.prepare(sample.image()));
  }
}
