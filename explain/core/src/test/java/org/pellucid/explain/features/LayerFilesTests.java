package org.pellucid.explain.features;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of layers as names of files. */
class LayerFilesTests {
  @ParameterizedTest
  @CsvSource({
    "cnn.9, cnn.9",
    "layer4.1.relu1, layer4.1.relu1",
    "/3/Relu_output_0, _3_Relu_output_0",
    "../../home/x, .._.._home_x",
    "C:\\x, C__x",
    ".., _..",
    "'', _",
    "Schicht-ü, Schicht-ü"
  })
  void staysInsideItsFolder(String layer, String file) {
    assertThat(LayerFiles.name(layer)).isEqualTo(file);
  }
}
