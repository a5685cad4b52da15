package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.explain.cli.Brought.brought;
import static org.pellucid.explain.cli.Brought.checkLogits;
import static org.pellucid.explain.cli.Brought.classify;
import static org.pellucid.explain.cli.Brought.expected;
import static org.pellucid.explain.cli.Brought.names;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Files and folders of images and arrays as people bring them, classified through the command line;
 * expected logits come from Pillow's pixels and a network in double precision.
 */
class BroughtFilesTests {
  /** One black pixel, then one white. */
  private static final byte[] TWO_FRAMES =
      HexFormat.of()
          .parseHex(
              "47494638376101000100810000000000ffffff0000000000002c00000000010001000008040001"
                  + "04040021f90401000001002c000000000100010081ffffff000000000000000000080400010404"
                  + "003b");

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "more/c15_cmyk.jpg, C15 cmyk",
    "more/c15_ids012.jpg, C15 ids012",
    "more/c15_adobe0jfif.jpg, C15 adobe0jfif"
  })
  void readsJpegColoursAsPillow(String image, String name) throws IOException {
    var run = classify("more/plain.pth", image);
    assertThat(run.err()).isEmpty();
    checkLogits(run.logits(), expected(name));
  }

  @Test
  void normalisesByOptions() throws IOException {
    var run =
        CommandLineRun.of(
            "image",
            "classify",
            "--json",
            "--weights",
            brought("more/C1a.safetensors"),
            "--images",
            brought("more/p18.png"),
            "--network",
            brought("more/C1.json"),
            "--mean",
            "0.485,0.456,0.406",
            "--std",
            "0.229,0.224,0.225");
    checkLogits(run.logits(), expected("C1a (--mean --std)"));
  }

  @Test
  void normalisesByTheDescription() throws IOException {
    var run =
        CommandLineRun.of(
            "image",
            "classify",
            "--json",
            "--weights",
            brought("more/C1a.safetensors"),
            "--images",
            brought("more/p18.png"),
            "--network",
            brought("more/C1m.json"));
    checkLogits(run.logits(), expected("C1a (layers.json)"));
  }

  @Test
  void saysOnceThatTheFirstFrameIsTaken() throws IOException {
    for (var name : new String[] {"0_1.gif", "0_2.gif"}) {
      Files.write(directory.resolve(name), TWO_FRAMES);
    }
    var run = CommandLineRun.of("image", "classify", "--weights", "food", "--images", directory);
    assertThat(run.err())
        .isEqualToNormalizingNewlines(
            "pellucid: 0_1 holds several frames or pages, of which the first is taken; "
                + "other images of the kind are not mentioned.\n");
    assertThat(run.out()).hasLineCount(2).contains("0_1", "0_2");
  }

  @Test
  void namesWhatCannotBeReadInAFolderFromABrowser() throws IOException {
    var run = classify("more/plain.pth", "more/web");
    assertThat(names(run)).containsExactly("3_5", "4_1", "8_1", "9_1", "10_1");
    assertThat(run.err()).contains("5_1.webp", "5_2.avif holds an AVIF image").hasLineCount(2);
    assertThat(run.code()).isEqualTo(1);
  }

  @Test
  void skipsWhatAMacLeavesInAFolder() throws IOException {
    var run = classify("more/plain.pth", "more/mac");
    assertThat(names(run)).containsExactly("3_5", "4_1", "8_1");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
  }

  @Test
  void goesByContentInAFolderFromAPhone() throws IOException {
    var run = classify("../goldens/cnn/checkpoint/tiny_zip.pth", "pictures");
    assertThat(names(run)).containsExactly("3_5", "4_1", "5_1", "6_1", "8_1");
    assertThat(run.err()).contains("7_1.png holds a HEIC photograph").hasLineCount(1);
    assertThat(run.code()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"more/C6/6_1.jpg, a WebP image", "more/C6/7_1.png, a HEIC photograph"})
  void namesWhatAFileReallyHolds(String image, String kind) {
    var run = classify("more/plain.pth", image);
    assertThat(run.err()).contains(kind).hasLineCount(1);
    assertThat(run.code()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"more/nan.npy, holds NaN", "more/u255.npy, divide it by 255"})
  void refusesArraysThatAreNoPixels(String array, String reason) throws IOException {
    var run = classify("more/plain.pth", array);
    assertThat(run.err()).contains(reason).hasLineCount(1);
    assertThat(run.pictures()).isEmpty();
    assertThat(run.code()).isEqualTo(1);
  }

  @Test
  void takesANormalisedArrayAsItIsAndSaysSo() {
    var run = classify("../goldens/cnn/checkpoint/tiny_zip.pth", "formats/7_range.npy");
    assertThat(run.err()).contains("7_range holds numbers outside 0..1").hasLineCount(1);
    assertThat(run.code()).isZero();
  }

  @Test
  void refusesANormalisedArrayWhereTheNetworkNormalises() {
    var run =
        CommandLineRun.of(
            "image",
            "classify",
            "--weights",
            brought("../goldens/cnn/checkpoint/tiny_zip.pth"),
            "--images",
            brought("formats/7_range.npy"),
            "--mean",
            "0.5",
            "--std",
            "0.5");
    assertThat(run.err()).contains("give the image before normalisation");
    assertThat(run.code()).isEqualTo(1);
  }

  @Test
  void readsAllFormatsButTheArrayThatHoldsNoNumbers() throws IOException {
    var run = classify("../goldens/cnn/checkpoint/tiny_zip.pth", "formats");
    assertThat(run.pictures()).hasSize(11);
    assertThat(run.err()).contains("6_nan.npy holds NaN");
    assertThat(run.code()).isEqualTo(1);
  }
}
