package org.pellucid.explain.segmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.explain.Goldens;
import org.pellucid.weights.numpy.Npz;

/** SLIC and its stages against scikit-image. */
@Tag("numeric")
class SlicReferenceTests {
  private static final int IMAGES = 10;

  @ParameterizedTest
  @CsvSource({"hw9_segments, x128_u8, 128", "tiny_lime, x32_u8, 32"})
  void slicEqualsTheReferencePixelForPixel(String file, String images, int side) {
    try (var pixels = open("preprocess");
        var golden = open(file)) {
      var bytes = pixels.array(images).ints();
      for (int index = 0; index < IMAGES; index++) {
        var image = image(bytes, index, side);
        var pieces = Slic.homework().segment(image, side, side);
        assertThat(pieces.labels())
            .as("pieces of image " + index)
            .containsExactly(golden.array("segments/" + index).ints());
        var stage = "slic" + index + "/";
        if (golden.names().contains(stage + "lab_smoothed")) {
          checkStages(image, side, golden, stage);
        }
      }
    }
  }

  private static void checkStages(float[] image, int side, Npz golden, String stage) {
    var lab = Slic.homework().smoothedLab(image, side, side);
    var expected = golden.array(stage + "lab_smoothed").floats();
    for (int i = 0; i < expected.length; i++) {
      // The reference is cut to single precision; values reach 100.
      assertThat(lab[i % 3][i / 3]).as(stage).isEqualTo(expected[i], within(1e-5));
    }
    assertThat(Slic.homework().clusters(lab, side, side))
        .as(stage)
        .containsExactly(golden.array(stage + "labels_before_connectivity").ints());
    var grid = SlicGrid.of(side, side, 200);
    var centres = golden.array(stage + "centroids_yx").ints();
    for (int i = 0; i < centres.length / 2; i++) {
      assertThat(grid.centreRows()[i]).isEqualTo(centres[2 * i]);
      assertThat(grid.centreColumns()[i]).isEqualTo(centres[2 * i + 1]);
    }
  }

  private static float[] image(int[] bytes, int index, int side) {
    int pixels = side * side;
    var image = new float[3 * pixels];
    for (int i = 0; i < image.length; i++) {
      image[i % 3 * pixels + i / 3] = bytes[index * image.length + i] / 255f;
    }
    return image;
  }

  private static Npz open(String name) {
    return Npz.open(Goldens.file("goldens/cnn/" + name + ".npz"));
  }
}
