package org.pellucid.models.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.models.zoo.SampleImages;

class ImageTests {
  @TempDir Path directory;

  private static Image twoByThree() {
    var samples = new byte[18];
    for (var i = 0; i < samples.length; i++) {
      samples[i] = (byte) (i * 13);
    }
    return Image.of(2, 3, samples);
  }

  private static byte[] encoded(BufferedImage image, String format) throws IOException {
    var bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, bytes)).isTrue();
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "tiff"})
  void readsLosslessFormatsExactly(String format) throws IOException {
    var image = twoByThree();
    assertThat(Image.decode("x", encoded(image.toImage(), format))).isEqualTo(image);
  }

  @Test
  void readsAPortablePixmap() {
    var bytes = "P3 2 1 255 1 2 3 250 251 252 ".getBytes(StandardCharsets.US_ASCII);
    var image = Image.decode("x", bytes);
    assertThat(image.toBytes()).containsExactly(1, 2, 3, (byte) 250, (byte) 251, (byte) 252);
  }

  @Test
  void laysTransparentPixelsOverWhite() throws IOException {
    var source = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    source.setRGB(0, 0, 0x00123456);
    source.setRGB(1, 0, 0x80000000);
    var image = Image.decode("x", encoded(source, "png"));
    assertThat(image.sample(0, 0, 0)).isEqualTo(255);
    assertThat(image.sample(1, 0, 0)).isEqualTo(127);
  }

  @Test
  void readsAGreyJpegAsThreeEqualChannels() throws IOException {
    var source = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    source.getRaster().setSample(3, 3, 0, 77);
    var image = Image.decode("x", encoded(source, "jpg"));
    assertThat(image.sample(3, 3, 0)).isEqualTo(image.sample(3, 3, 2));
  }

  @ParameterizedTest
  @CsvSource({
    "1, ABCDEF", "2, BADCFE", "3, FEDCBA", "4, EFCDAB",
    "5, ACEBDF", "6, ECAFDB", "7, FDBECA", "8, BDFACE"
  })
  void turnsImagesUpright(int tag, String expected) {
    var samples = new byte[18];
    for (var i = 0; i < 6; i++) {
      Arrays.fill(samples, i * 3, i * 3 + 3, (byte) ('A' + i));
    }
    var upright = Orientation.ofTag(tag).apply(Image.of(2, 3, samples));
    var letters = new StringBuilder();
    for (var i = 0; i < 6; i++) {
      letters.append((char) upright.toBytes()[i * 3]);
    }
    assertThat(letters).hasToString(expected);
  }

  @Test
  void turnsGreyByPillowsLuma() {
    var image = Image.of(4, 1, new byte[] {-1, 0, 0, 0, -1, 0, 0, 0, -1, 77, 77, 77});
    assertThat(image.grey().toBytes())
        .containsExactly(76, 76, 76, (byte) 150, (byte) 150, (byte) 150, 29, 29, 29, 77, 77, 77);
    assertThat(ImageTensors.of(image, 1, 1, 4))
        .containsExactly(76 / 255f, 150 / 255f, 29 / 255f, 77 / 255f);
    assertThatThrownBy(() -> ImageTensors.of(image, 4, 1, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("takes 4");
  }

  @Test
  void goesToFloatsAndBack() {
    var image = twoByThree();
    assertThat(Image.fromFloats(2, 3, image.toFloats())).isEqualTo(image);
  }

  @Test
  void saysInOneSentenceWhatIsWrong() throws IOException {
    var text = Files.writeString(directory.resolve("note.jpg"), "hello");
    var empty = Files.createFile(directory.resolve("empty.png"));
    var jpeg = encoded(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB), "jpg");
    var cut = Files.write(directory.resolve("cut.jpg"), Arrays.copyOf(jpeg, jpeg.length * 2 / 3));
    assertThatThrownBy(() -> Image.read(directory.resolve("none.jpg")))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> Image.read(directory))
        .hasMessageContaining("is a directory, not an image file");
    assertThatThrownBy(() -> Image.read(text))
        .hasMessageContaining("note.jpg is not an image but a text; give JPEG");
    assertThatThrownBy(() -> Image.read(empty)).hasMessageContaining("is empty");
    assertThatThrownBy(() -> Image.read(cut)).hasMessageContaining("is damaged");
  }

  @Test
  void refusesAHugeImageByItsHeader() {
    var bytes = "P6 100000 100000 255 ".getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> Image.decode("huge", bytes)).hasMessageContaining("too large");
  }

  @Test
  void listsADirectoryByClassAndNumber() throws IOException {
    for (var name : List.of("10_1.jpg", "2_12.jpg", "2_3.png", "other.gif", "2_3.mask.png", "x")) {
      Files.createFile(directory.resolve(name));
    }
    assertThat(ImageFiles.list(List.of(directory)))
        .extracting(file -> file.getFileName().toString())
        .containsExactly("2_3.png", "2_12.jpg", "10_1.jpg", "other.gif");
    assertThat(ImageFiles.label(Path.of("10_1.jpg"))).hasValue(10);
    assertThat(ImageFiles.label(Path.of("other.gif"))).isEmpty();
  }

  @Test
  void holdsThirteenSamplesWithMasks() {
    assertThat(SampleImages.names()).hasSize(13);
    for (var name : SampleImages.names()) {
      var sample = SampleImages.open(name);
      assertThat(sample.image().width()).isEqualTo(512);
      assertThat(sample.mask().height()).isEqualTo(512);
      assertThat(sample.label()).isBetween(0, 10);
    }
  }
}
