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
import org.pellucid.models.zoo.SamplePictures;

class PictureTests {
  @TempDir Path directory;

  private static Picture twoByThree() {
    var samples = new byte[18];
    for (var i = 0; i < samples.length; i++) {
      samples[i] = (byte) (i * 13);
    }
    return Picture.of(2, 3, samples);
  }

  private static byte[] encoded(BufferedImage image, String format) throws IOException {
    var bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, bytes)).isTrue();
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "tiff"})
  void readsLosslessFormatsExactly(String format) throws IOException {
    var picture = twoByThree();
    assertThat(Picture.decode("x", encoded(picture.toImage(), format))).isEqualTo(picture);
  }

  @Test
  void readsAPortablePixmap() {
    var bytes = "P3 2 1 255 1 2 3 250 251 252 ".getBytes(StandardCharsets.US_ASCII);
    var picture = Picture.decode("x", bytes);
    assertThat(picture.toBytes()).containsExactly(1, 2, 3, (byte) 250, (byte) 251, (byte) 252);
  }

  @Test
  void laysTransparentPixelsOverWhite() throws IOException {
    var image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x00123456);
    image.setRGB(1, 0, 0x80000000);
    var picture = Picture.decode("x", encoded(image, "png"));
    assertThat(picture.sample(0, 0, 0)).isEqualTo(255);
    assertThat(picture.sample(1, 0, 0)).isEqualTo(127);
  }

  @Test
  void readsAGreyJpegAsThreeEqualChannels() throws IOException {
    var image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSample(3, 3, 0, 77);
    var picture = Picture.decode("x", encoded(image, "jpg"));
    assertThat(picture.sample(3, 3, 0)).isEqualTo(picture.sample(3, 3, 2));
  }

  @ParameterizedTest
  @CsvSource({
    "1, ABCDEF", "2, BADCFE", "3, FEDCBA", "4, EFCDAB",
    "5, ACEBDF", "6, ECAFDB", "7, FDBECA", "8, BDFACE"
  })
  void turnsPicturesUpright(int tag, String expected) {
    var samples = new byte[18];
    for (var i = 0; i < 6; i++) {
      Arrays.fill(samples, i * 3, i * 3 + 3, (byte) ('A' + i));
    }
    var upright = Orientation.ofTag(tag).apply(Picture.of(2, 3, samples));
    var letters = new StringBuilder();
    for (var i = 0; i < 6; i++) {
      letters.append((char) upright.toBytes()[i * 3]);
    }
    assertThat(letters).hasToString(expected);
  }

  @Test
  void goesToFloatsAndBack() {
    var picture = twoByThree();
    assertThat(Picture.fromFloats(2, 3, picture.toFloats())).isEqualTo(picture);
  }

  @Test
  void saysInOneSentenceWhatIsWrong() throws IOException {
    var text = Files.writeString(directory.resolve("note.jpg"), "hello");
    var empty = Files.createFile(directory.resolve("empty.png"));
    var jpeg = encoded(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB), "jpg");
    var cut = Files.write(directory.resolve("cut.jpg"), Arrays.copyOf(jpeg, jpeg.length * 2 / 3));
    assertThatThrownBy(() -> Picture.read(directory.resolve("none.jpg")))
        .isInstanceOf(PictureException.class)
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> Picture.read(directory))
        .hasMessageContaining("is a directory, not a picture file");
    assertThatThrownBy(() -> Picture.read(text))
        .hasMessageContaining("is not a picture that can be read");
    assertThatThrownBy(() -> Picture.read(empty)).hasMessageContaining("is empty");
    assertThatThrownBy(() -> Picture.read(cut)).hasMessageContaining("is damaged");
  }

  @Test
  void refusesAHugePictureByItsHeader() {
    var bytes = "P6 100000 100000 255 ".getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> Picture.decode("huge", bytes)).hasMessageContaining("too large");
  }

  @Test
  void listsADirectoryByClassAndNumber() throws IOException {
    for (var name : List.of("10_1.jpg", "2_12.jpg", "2_3.png", "other.gif", "2_3.mask.png", "x")) {
      Files.createFile(directory.resolve(name));
    }
    assertThat(PictureFiles.list(List.of(directory)))
        .extracting(file -> file.getFileName().toString())
        .containsExactly("2_3.png", "2_12.jpg", "10_1.jpg", "other.gif");
    assertThat(PictureFiles.label(Path.of("10_1.jpg"))).hasValue(10);
    assertThat(PictureFiles.label(Path.of("other.gif"))).isEmpty();
  }

  @Test
  void holdsThirteenSamplesWithMasks() {
    assertThat(SamplePictures.names()).hasSize(13);
    for (var name : SamplePictures.names()) {
      var sample = SamplePictures.open(name);
      assertThat(sample.picture().width()).isEqualTo(512);
      assertThat(sample.mask().height()).isEqualTo(512);
      assertThat(sample.label()).isBetween(0, 10);
    }
  }
}
