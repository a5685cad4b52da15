package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.models.vision.PngWriter;
import org.pellucid.models.zoo.SampleImages;

/** The options on how results are drawn, and the command that pages show. */
class DisplayOptionsTests {
  @TempDir Path directory;

  private Path image() {
    var file = directory.resolve("it's 1.png");
    PngWriter.writePng(SampleImages.open("3_5").image(), file);
    return file;
  }

  @Test
  void drawsAsChosenAndShowsTheCommandForOneImage() throws Exception {
    var out = directory.resolve("out");
    var run =
        CommandLineRun.of(
            "image",
            "explain",
            "--weights",
            "food",
            "--images",
            image(),
            "--methods",
            "saliency",
            "--display",
            "overlay",
            "--opacity",
            "0.5",
            "--clip",
            "90",
            "--scale",
            "shared",
            "--colours",
            "cividis",
            "--sheet",
            "--out",
            out);
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(ImageIO.read(out.resolve("sheet-1.png").toFile()).getWidth()).isGreaterThan(400);
    var drawn = ImageIO.read(out.resolve("it's 1/saliency.png").toFile());
    // The legend's bar begins and ends with the colours that were chosen.
    assertThat(drawn.getRGB(8, 384 + 12) & 0xffffff).isEqualTo(0x00224e);
    assertThat(drawn.getRGB(375, 384 + 12) & 0xffffff).isEqualTo(0xfee838);
    assertThat(Files.readString(out.resolve("it's 1/index.html")))
        .contains("\"clip\":90.0", "--methods saliency --display overlay", "ImageClassifier.open")
        .contains("it'\\\\''s 1.png'");
  }

  @ParameterizedTest
  @CsvSource({
    "--display, glow, 'There is no form glow; choose one of heat, overlay'",
    "--opacity, 2, '--opacity is 2.0, but must be 0 to 1'",
    "--clip, 0, '--clip is 0.0, but must be above 0 and up to 100'",
    "--scale, wide, '--scale is wide, but must be own, shared or a number above 0'",
    "--scale, -1, '--scale is -1, but must be own, shared or a number above 0'",
    "--colours, pink, 'There are no colours pink; choose one of magma, viridis'"
  })
  void refusesWhatIsNoChoice(String option, String value, String message) {
    var run =
        CommandLineRun.of(
            "image",
            "explain",
            "--weights",
            "food",
            "--images",
            image(),
            "--out",
            directory.resolve("out"),
            option,
            value);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(message).hasLineCount(1);
  }
}
