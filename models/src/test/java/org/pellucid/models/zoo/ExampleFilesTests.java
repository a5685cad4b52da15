package org.pellucid.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ExampleFilesTests {
  @Test
  void readsAFileOfTheExamples() {
    assertThat(ExampleFiles.read("samples/3_5.jpg")).startsWith(0xFF, 0xD8);
  }

  @Test
  void namesTheDependencyThatIsMissing() {
    assertThatThrownBy(() -> ExampleFiles.read("absent.safetensors"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "The built-in example absent.safetensors is not on the class path; add the dependency"
                + " org.pellucid:pellucid-examples.");
  }
}
