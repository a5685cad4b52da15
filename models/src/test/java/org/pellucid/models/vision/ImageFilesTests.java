package org.pellucid.models.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is found in a folder, and what its results are called. */
class ImageFilesTests {
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};

  @TempDir Path directory;

  private void touch(String name, byte... content) throws IOException {
    var file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  private List<String> names(boolean recursive, Path... paths) {
    return ImageFiles.find(List.of(paths), recursive).stream().map(ImageFile::name).toList();
  }

  @Test
  void findsImagesByExtensionOrContentAndNothingElse() throws IOException {
    for (var name : List.of("2_1.JPEG", "2_2.jfif", "2_3.pjpeg", "2_4.webp", "2_5.heic")) {
      touch(name);
    }
    touch("photo", PNG);
    touch("photo.orig", PNG);
    touch("page.html", PNG);
    touch("notes");
    touch("notes.txt", "P1 2 3".getBytes(StandardCharsets.US_ASCII));
    touch("._2_1.JPEG", (byte) 0, (byte) 5, (byte) 0x16, (byte) 7);
    touch(".hidden.png", PNG);
    touch("Thumbs.db", PNG);
    touch("2_1.mask.png", PNG);
    assertThat(names(false, directory))
        .containsExactly("2_1", "2_2", "2_3", "2_4", "2_5", "photo", "photo.orig");
  }

  @Test
  void keepsNamesApart() throws IOException {
    touch("1_1.jpg");
    touch("1_1.png");
    touch("2_1.png");
    touch("index.html.png");
    assertThat(names(false, directory))
        .containsExactly("1_1.jpg", "1_1.png", "2_1", "index.html.png");
    touch("other/1_1.jpg");
    touch("other/2_1.png");
    var root = directory.getFileName();
    assertThat(names(false, directory, directory.resolve("other")))
        .containsExactly(
            root + "/1_1.jpg",
            "1_1.png",
            root + "/2_1.png",
            "index.html.png",
            "other/1_1.jpg",
            "other/2_1.png");
    assertThat(names(true, directory))
        .containsExactly("1_1.jpg", "1_1.png", "2_1", "index.html.png", "other/1_1", "other/2_1");
    assertThat(names(false, directory.resolve("2_1.png"), directory.resolve("./2_1.png")))
        .containsExactly("2_1");
  }

  @Test
  void searchesSubDirectoriesWhenTold() throws IOException {
    touch("train/cat/0_1.png");
    touch("train/dog/1_1.png");
    touch("train/.cache/9_9.png");
    touch("__MACOSX/cat/._0_1.png");
    Files.createSymbolicLink(directory.resolve("train/loop"), directory);
    assertThat(names(true, directory)).containsExactly("train/cat/0_1", "train/dog/1_1");
    assertThatThrownBy(() -> ImageFiles.find(List.of(directory), false))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("holds no images itself; add --recursive");
    assertThatThrownBy(
            () -> ImageFiles.find(List.of(Files.createDirectory(directory.resolve("x"))), true))
        .hasMessageContaining("holds no images; name one that does");
  }

  @ParameterizedTest
  @CsvSource({
    "00000018667479706865696300000000, a HEIC photograph",
    "0000001c667479706d696631000000006d6966316d696166, a HEIC photograph",
    "0000001c667479706d6966310000000061766966, an AVIF image",
    "38425053, a Photoshop image (PSD)",
    "0000000c4a584c200d0a870a, a JPEG XL image",
    "ff0a, a JPEG XL image",
    "0000000c6a5020200d0a870a, a JPEG 2000 image",
    "49492a0010000000435202, a raw photograph (Canon CR2)",
    "3c7376672078, an SVG drawing",
    "efbbbf0a3c21444f43545950452068746d6c3e, a web page",
    "255044462d312e37, a PDF document",
    "504b0304, a ZIP archive",
    "0005160700020000, macOS metadata (a resource fork)",
    "76657273696f6e2068747470733a2f2f6769742d6c6673, 'a pointer of Git LFS, not the image itself'",
    "0000002066747970717420, a video"
  })
  void namesWhatAFileHolds(String hex, String kind) {
    var content = HexFormat.of().parseHex(hex);
    assertThat(ContentKind.of(content).name()).isEqualTo(kind);
    assertThatThrownBy(() -> Image.decode("7_1.png", content))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(kind)
        .hasMessageContaining("JPEG, PNG, GIF, BMP, TIFF, PNM or WebP");
  }
}
