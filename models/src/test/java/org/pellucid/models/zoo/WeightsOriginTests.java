package org.pellucid.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an origin tells of the adapters that were merged in. */
class WeightsOriginTests {
  @Test
  void tellsTheAdapterThatWasGivenBesideTheModel() {
    assertThat(new WeightsOrigin("my/bert", "my/bert", List.of()).adapter()).isEmpty();
    assertThat(new WeightsOrigin("my/bert", "my/bert", List.of("a.safetensors")).adapter())
        .contains(Path.of("a.safetensors"));
    var own = List.of("qa-adapter.safetensors");
    assertThat(new WeightsOrigin("bert-base-cased-qa", "bert-base-cased", own).adapter()).isEmpty();
    var both = List.of("qa-adapter.safetensors", "a.safetensors");
    assertThat(new WeightsOrigin("bert-base-cased-qa", "bert-base-cased", both).adapter())
        .contains(Path.of("a.safetensors"));
  }
}
