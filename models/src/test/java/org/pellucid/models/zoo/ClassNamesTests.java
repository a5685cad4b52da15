package org.pellucid.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.models.ModelFileException;

class ClassNamesTests {
  @TempDir Path directory;

  private List<String> read(String content) throws IOException {
    return ClassNames.read(Files.writeString(directory.resolve("labels"), content));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cat\ndog\n",
        "\ufeffcat\r\ndog\r\n\r\n",
        "[\"cat\", \"dog\"]",
        "{\"0\": \"cat\", \"1\": \"dog\"}",
        "{\"dog\": 1, \"cat\": 0}",
        "{\"0\": [\"n02123045\", \"cat\"], \"1\": [\"n02099601\", \"dog\"]}"
      })
  void readsEveryUsualForm(String content) throws IOException {
    assertThat(read(content)).containsExactly("cat", "dog");
  }

  @Test
  void keepsABlankLineWithinAndTheOrderOfNumbers() throws IOException {
    assertThat(read("cat\n\ndog")).containsExactly("cat", "", "dog");
    assertThat(
            read(
                "{\"10\":\"k\",\"0\":\"a\",\"1\":\"b\",\"2\":\"c\",\"3\":\"d\",\"4\":\"e\","
                    + "\"5\":\"f\",\"6\":\"g\",\"7\":\"h\",\"8\":\"i\",\"9\":\"j\"}"))
        .startsWith("a", "b", "c")
        .endsWith("k");
  }

  @Test
  void refusesWhatNamesNoClasses() throws IOException {
    assertThatThrownBy(() -> read("")).hasMessageContaining("names no classes");
    assertThatThrownBy(() -> read("{\"0\": \"a\", \"2\": \"c\"}"))
        .hasMessageContaining("names class 2, but no class 1");
    assertThatThrownBy(() -> read("{\"a\": \"b\"}"))
        .hasMessageContaining("\"a\" in " + directory.resolve("labels"));
    assertThatThrownBy(() -> read("[\"a\"")).hasMessageContaining("is not valid JSON");
    var latin = directory.resolve("latin");
    Files.write(latin, "Käse".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> ClassNames.read(latin))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("is not UTF-8");
    assertThatThrownBy(() -> ClassNames.read(directory.resolve("none")))
        .hasMessageContaining("can't be read; check the path");
  }
}
