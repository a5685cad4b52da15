package org.pellucid.models.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Small images against what Pillow reads and resizes them to; {@code make_references.py} beside
 * them made both.
 */
class PillowReferenceTests {

  private static Image image(String file) {
    try (var stream = PillowReferenceTests.class.getResourceAsStream(file)) {
      return Image.decode(file, stream.readAllBytes());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static ImageHeader header(String file) throws IOException {
    try (var stream = PillowReferenceTests.class.getResourceAsStream(file)) {
      return ImageDecoder.inspect(ImageSource.of(file, stream.readAllBytes()));
    }
  }

  private static Image expected(String file) {
    return image(file.substring(0, file.lastIndexOf('.')) + ".expected.png");
  }

  private static int farthest(Image image, Image other) {
    assertThat(image.width()).isEqualTo(other.width());
    assertThat(image.height()).isEqualTo(other.height());
    var samples = image.toBytes();
    var others = other.toBytes();
    var farthest = 0;
    for (var i = 0; i < samples.length; i++) {
      farthest = Math.max(farthest, Math.abs((samples[i] & 0xff) - (others[i] & 0xff)));
    }
    return farthest;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ycbcr444.jpg",
        "ycbcr420.jpg",
        "progressive.jpg",
        "grey.jpg",
        "adobe_rgb.jpg",
        "ids_rgb.jpg",
        "ids_012.jpg",
        "ids_012_420.jpg",
        "no_marker.jpg",
        "cmyk.jpg",
        "cmyk_no_marker.jpg",
        "ycck.jpg",
        "lossless.webp",
        "alpha.webp",
        "turned.webp",
        "animated.webp",
        "frames.gif",
        "animated.png",
        "pages.tiff"
      })
  void readsThePixelsOfPillow(String file) {
    assertThat(farthest(image(file), expected(file))).isZero();
  }

  /** Pillow's library smooths the colours of neighbouring pixels, TwelveMonkeys repeats them. */
  @Test
  void readsLossyWebpNearlyAsPillow() {
    assertThat(farthest(image("lossy.webp"), expected("lossy.webp"))).isLessThanOrEqualTo(24);
  }

  @Test
  void refusesAWebpWhoseFrameIsLargerThanTheImage() throws IOException {
    var content = bytes("animated.webp");
    content[find(content, "ANMF") + 8 + 11] = 0x0d;
    assertThatThrownBy(() -> Image.decode("hostile.webp", content))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("hostile.webp holds a WebP image that is damaged")
        .hasMessageContaining("a frame larger than the image");
  }

  /** The reader takes zeros for bits beyond the end, here for a hundred million pixels. */
  @Test
  void givesUpOnAWebpWhoseDataEnd() throws IOException {
    var content = bytes("lossless.webp");
    var size = find(content, "VP8L") + 9;
    Arrays.fill(content, size, size + 3, (byte) 0xff);
    content[size + 3] = (byte) (content[size + 3] & 0xf0 | 0x05);
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () ->
            assertThatThrownBy(() -> Image.decode("hostile.webp", content))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("hostile.webp holds a WebP image that is damaged"));
  }

  private static byte[] bytes(String file) throws IOException {
    try (var stream = PillowReferenceTests.class.getResourceAsStream(file)) {
      return stream.readAllBytes();
    }
  }

  private static int find(byte[] content, String chunk) {
    return new String(content, StandardCharsets.ISO_8859_1).indexOf(chunk);
  }

  @ParameterizedTest
  @CsvSource({
    "animated.webp, true",
    "frames.gif, true",
    "animated.png, true",
    "pages.tiff, true",
    "lossless.webp, false",
    "lossless.expected.png, false",
    "cmyk.jpg, false"
  })
  void tellsSeveralFrames(String file, boolean several) throws IOException {
    assertThat(header(file).severalFrames()).isEqualTo(several);
  }

  @ParameterizedTest
  @EnumSource(Interpolation.class)
  void resizesAsPillow(Interpolation filter) {
    var source = image("resize.png");
    for (int[] size : new int[][] {{5, 4}, {13, 20}, {31, 3}}) {
      var file = "resize-%s-%dx%d.png".formatted(filter.text(), size[0], size[1]);
      assertThat(Resize.to(source, size[0], size[1], filter)).as(file).isEqualTo(image(file));
    }
  }
}
