package org.pellucid.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.Goldens;
import org.pellucid.models.nn.LayerKind;
import org.pellucid.models.nn.NetworkBuilder;
import org.pellucid.models.nn.NetworkDescription;
import org.pellucid.models.nn.NetworkDescription.LayerDescription;
import org.pellucid.models.vision.ImageException;
import org.pellucid.models.vision.PngWriter;
import org.pellucid.models.vision.Resize;
import org.pellucid.weights.numpy.Npy;

class ImageClassifierTests {
  private static final Path TINY = Path.of("goldens/cnn/checkpoint/tiny_zip.pth");

  @Test
  void namesTheFoodClasses() {
    try (var classifier = ImageClassifier.open(ImageClassifier.BUILT_IN, Optional.empty())) {
      assertThat(classifier.name()).isEqualTo("food");
      assertThat(classifier.classNames()).hasSize(11).startsWith("Bread", "Dairy product");
      assertThat(classifier.className(3)).isEqualTo("Egg");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> classifier.className(11))
          .withMessage("There is no class 11; the classes of food are 0..10.");
    }
  }

  @Test
  void numbersClassesWithoutNames() {
    try (var food = ImageClassifier.open(ImageClassifier.BUILT_IN, Optional.empty());
        var plain = new ImageClassifier("own", food.network(), List.of())) {
      assertThat(plain.className(10)).isEqualTo("10");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new ImageClassifier("own", food.network(), List.of("cat", "dog")))
          .withMessage("2 class names for the 11 outputs of own.");
    }
  }

  @Test
  void bringsImagesToTheNetworksSize(@TempDir Path directory) {
    var image = SampleImages.open("3_5").image();
    try (var classifier = ImageClassifier.open(ImageClassifier.BUILT_IN, Optional.empty())) {
      var expected = Resize.bilinear(image, 128, 128).toFloats();
      assertThat(classifier.prepare(image)).isEqualTo(expected);
      var png = directory.resolve("image.png");
      PngWriter.writePng(image, png);
      assertThat(classifier.prepare(png)).isEqualTo(expected);
      var npy = directory.resolve("image.npy");
      Npy.write(npy, expected, 3, 128, 128);
      assertThat(classifier.prepare(npy)).isEqualTo(expected);
      Npy.write(npy, image.toFloats(), 3, 512, 512);
      // The same weights without rounding to bytes after each of two passes.
      var unrounded = classifier.prepare(npy);
      for (var i = 0; i < expected.length; i++) {
        assertThat(Math.abs(unrounded[i] - expected[i])).isLessThanOrEqualTo(1.01f / 255);
      }
    }
  }

  @Test
  void makesImagesGreyForANetworkOfOneChannel(@TempDir Path directory) {
    var description =
        new NetworkDescription(
            1,
            28,
            28,
            List.of(
                new LayerDescription("flatten", new LayerKind.Flatten()),
                new LayerDescription("fc", new LayerKind.Linear(2, Optional.empty()))));
    var image = SampleImages.open("3_5").image();
    try (var network = NetworkBuilder.initialise(description, 0, ElementType.FLOAT32);
        var classifier = new ImageClassifier("own", network, List.of("cat", "dog"))) {
      var colour = Resize.bilinear(image.grey(), 28, 28).toFloats();
      assertThat(classifier.prepare(image)).isEqualTo(Arrays.copyOf(colour, 28 * 28));
      var npy = directory.resolve("image.npy");
      Npy.write(npy, Arrays.copyOf(colour, 28 * 28), 1, 28, 28);
      assertThat(classifier.prepare(npy)).isEqualTo(Arrays.copyOf(colour, 28 * 28));
    }
  }

  @Test
  void refusesATensorOfAnotherShape(@TempDir Path directory) {
    var npy = directory.resolve("image.npy");
    Npy.write(npy, new float[128 * 128], 1, 128, 128);
    try (var classifier = ImageClassifier.open(ImageClassifier.BUILT_IN, Optional.empty())) {
      assertThatThrownBy(() -> classifier.prepare(npy))
          .isInstanceOf(ImageException.class)
          .hasMessageContaining(npy.toString())
          .hasMessageContaining("[3, height, width]");
    }
  }

  @Test
  void opensACheckpoint() {
    var file = Goldens.file(TINY.toString()).toString();
    try (var classifier = ImageClassifier.open(file, Optional.empty())) {
      assertThat(classifier.name()).isEqualTo(file);
      assertThat(classifier.classNames()).isEmpty();
      assertThat(classifier.className(3)).isEqualTo("3");
    }
    try (var classifier =
        ImageClassifier.open(
            file, ClassifierOptions.standard(Optional.empty()).withLabels("food"))) {
      assertThat(classifier.className(3)).isEqualTo("Egg");
    }
  }
}
