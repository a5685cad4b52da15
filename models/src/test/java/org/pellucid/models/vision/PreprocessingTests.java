package org.pellucid.models.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.vision.Preprocessing.ChannelOrder;
import org.pellucid.models.vision.Preprocessing.Fit;
import org.pellucid.weights.numpy.Npy;

/** Sizes as Pillow gives them, and what options and configurations come to. */
class PreprocessingTests {
  @TempDir Path directory;

  private static Image image(String file) throws IOException {
    try (var stream = PreprocessingTests.class.getResourceAsStream(file)) {
      return Image.decode(file, stream.readAllBytes());
    }
  }

  private static Preprocessing of(Map<String, Object> values) {
    return PreprocessingOptions.of(values).over(Preprocessing.standard());
  }

  @Test
  void cutsOutTheCentreOfAResizedImage() throws IOException {
    var bicubic = of(Map.of("resize", 8, "interpolation", "bicubic"));
    assertThat(bicubic.sized(image("resize.png"), 6, 6)).isEqualTo(image("resize-crop.png"));
  }

  @Test
  void leavesBlackBesideAPaddedImage() throws IOException {
    var padded = of(Map.of("fit", "pad"));
    assertThat(padded.sized(image("resize.png"), 8, 8)).isEqualTo(image("resize-pad.png"));
  }

  @Test
  void cutsACentreLargerThanTheImage() throws IOException {
    var small = of(Map.of("resize", List.of(5, 7)));
    assertThat(small.sized(image("resize.png"), 9, 9)).isEqualTo(image("resize-small.png"));
  }

  @ParameterizedTest
  @CsvSource({"squash, 7, 5", "crop, 7, 5", "pad, 7, 5", "crop, 20, 3", "pad, 3, 20"})
  void bringsArraysToTheSizeAsImages(String fit, int height, int width) throws IOException {
    var preprocessing = of(Map.of("fit", fit));
    var image = image("resize.png");
    var expected = preprocessing.sized(image, height, width).toFloats();
    var values =
        preprocessing.sized(image.toFloats(), image.height(), image.width(), height, width);
    assertThat(values).hasSameSizeAs(expected);
    for (var i = 0; i < values.length; i++) {
      // Two passes round to 8 bits, by half a level each.
      assertThat(values[i]).isEqualTo(expected[i], offset(1.01f / 255));
    }
  }

  @Test
  void takesAnArrayOfTheNetworksOwnSizeAsItIs() throws IOException {
    var numbers = new float[3 * 4 * 4];
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = i / 48f;
    }
    var file = directory.resolve("image.npy");
    Npy.write(file, numbers, 3, 4, 4);
    var prepared = ImageTensors.read(file, of(Map.of("fit", "crop", "resize", 6)), 3, 4, 4);
    assertThat(prepared.values()).isEqualTo(numbers);
  }

  @Test
  void refusesToCutTheCentreOutOfALine() {
    var line = Image.of(100_000, 1, new byte[300_000]);
    assertThatThrownBy(() -> of(Map.of("fit", "crop")).sized(line, 224, 224))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("100000 x 1 pixels is too narrow");
    assertThat(of(Map.of("fit", "pad")).sized(line, 224, 224).height()).isEqualTo(224);
  }

  @Test
  void normalisesSamplesInTheirOwnOrder() {
    var caffe =
        of(Map.of("rescale", 1, "mean", List.of(103.939, 116.779, 123.68), "channels", "bgr"));
    var normalisation = caffe.normalisation(3);
    assertThat(normalisation.mean().getFirst()).isEqualTo(123.68 / 255, offset(1e-12));
    assertThat(normalisation.deviation().getLast()).isEqualTo(1.0 / 255, offset(1e-12));
    assertThat(caffe.normalises()).isTrue();
    assertThat(Preprocessing.standard().normalisation(1).isIdentity()).isTrue();
    assertThat(of(Map.of("mean", 0.5, "std", 0.5)).normalisation(3).mean())
        .containsExactly(0.5, 0.5, 0.5);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(Map.of("mean", List.of(0.5, 0.5))).normalisation(3))
        .withMessage("2 means are given, but the network takes 3 channels.");
  }

  @Test
  void takesTheFirstSourceThatSaysSomething() {
    var options = PreprocessingOptions.of(Map.of("std", 0.5));
    var description =
        PreprocessingOptions.of(Map.of("mean", 0.1, "std", 0.2, "interpolation", "box"));
    var config = PreprocessingOptions.of(Map.of("resize", 256, "interpolation", "bicubic"));
    var found = options.or(description).or(config).over(Preprocessing.homework());
    assertThat(found.mean()).isEmpty();
    assertThat(found.deviation()).containsExactly(0.5);
    assertThat(found.interpolation()).isEqualTo(Interpolation.BOX);
    assertThat(found.fit()).isEqualTo(Fit.CROP);
    assertThat(found.resize()).containsExactly(256);
    assertThat(found.upright()).isFalse();
  }

  @Test
  void tellsItsValuesAndReadsThemBack() {
    var values =
        Map.<String, Object>of(
            "fit",
            "crop",
            "resize",
            256,
            "interpolation",
            "lanczos",
            "mean",
            List.of(0.1),
            "std",
            List.of(0.2),
            "channels",
            "bgr",
            "orientation",
            "stored");
    var preprocessing = of(values);
    assertThat(of(preprocessing.asMap())).isEqualTo(preprocessing);
    assertThat(preprocessing.sentence())
        .isEqualTo(
            "Images are resized to a shorter side of 256 and their centre cut out (lanczos), "
                + "normalised by mean 0.1 and standard deviation 0.2, blue first, "
                + "photographs as stored.");
  }

  @ParameterizedTest
  @CsvSource({
    "fit, wide, 'fit is wide, but must be one of [squash, crop, pad].'",
    "size, 3, 'Preprocessing has no \"size\"; it has fit'",
    "interpolation, soft, 'There is no interpolation soft'",
    "mean, grey, 'mean is grey, but must be numbers.'",
    "orientation, north, 'but must be exif or stored'"
  })
  void refusesWhatItDoesNotKnow(String name, String value, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(Map.of(name, value)))
        .withMessageContaining(message);
  }

  @Test
  void refusesNumbersThatCannotBe() {
    for (var wrong :
        List.<Map<String, Object>>of(
            Map.of("std", 0),
            Map.of("mean", Double.NaN),
            Map.of("rescale", -1),
            Map.of("resize", 0),
            Map.of("resize", 8, "fit", "pad"),
            Map.of("mean", List.of(1, 2, 3), "std", List.of(1, 2)))) {
      assertThatIllegalArgumentException().as("%s", wrong).isThrownBy(() -> of(wrong));
    }
  }

  private Preprocessing config(String json) throws IOException {
    var file = Files.writeString(directory.resolve("preprocessor_config.json"), json);
    return PreprocessorConfig.read(file).orElseThrow().options().over(Preprocessing.standard());
  }

  @Test
  void readsTheConfigurationOfAResNet() throws IOException {
    // As torchvision's examples: ConvNextImageProcessor with a share that the centre takes.
    var found =
        config(
            """
            {"crop_pct": 0.875, "do_normalize": true, "do_resize": true, "resample": 3,
             "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225],
             "image_processor_type": "ConvNextImageProcessor", "size": {"shortest_edge": 224}}
            """);
    assertThat(found.fit()).isEqualTo(Fit.CROP);
    assertThat(found.resize()).containsExactly(256);
    assertThat(found.interpolation()).isEqualTo(Interpolation.BICUBIC);
    assertThat(found.mean()).containsExactly(0.485, 0.456, 0.406);
    assertThat(found.rescale()).isEqualTo(1 / 255.0);
  }

  @Test
  void readsTheConfigurationsOfOthers() throws IOException {
    var clip =
        config(
            """
            {"do_center_crop": true, "crop_size": 224, "do_resize": true, "size": 256,
             "do_rescale": true, "rescale_factor": 0.00392156862745098, "do_normalize": false,
             "image_mean": [0.5, 0.5, 0.5]}
            """);
    assertThat(clip.resize()).containsExactly(256);
    assertThat(clip.mean()).isEmpty();
    var old = config("{\"do_resize\": true, \"size\": 224, \"resample\": 2}");
    assertThat(old.fit()).isEqualTo(Fit.SQUASH);
    var efficient =
        config(
            """
            {"do_resize": true, "size": {"height": 240, "width": 240}, "do_center_crop": false,
             "do_rescale": false, "do_flip_channel_order": true}
            """);
    assertThat(efficient.rescale()).isEqualTo(1);
    assertThat(efficient.order()).isEqualTo(ChannelOrder.BGR);
  }

  @Test
  void passesOverAConfigurationForSoundAndRefusesADamagedOne() throws IOException {
    var file = directory.resolve("preprocessor_config.json");
    Files.writeString(file, "{\"feature_size\": 80, \"sampling_rate\": 16000}");
    assertThat(PreprocessorConfig.read(file)).isEmpty();
    for (var wrong :
        List.of(
            "{", "{\"do_resize\": true, \"size\": {\"longest_edge\": 3}}",
            "{\"do_resize\": true, \"resample\": 9}", "{\"image_std\": [0]}")) {
      Files.writeString(file, wrong);
      assertThatThrownBy(() -> PreprocessorConfig.read(file))
          .as(wrong)
          .isInstanceOf(ModelFileException.class)
          .hasMessageContaining("preprocessor_config.json");
    }
  }
}
