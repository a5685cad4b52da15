package org.pellucid.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheDirectoryTests {
  @Test
  void theOwnVariableWins() {
    assertThat(
            CacheDirectory.of(
                Map.of("PELLUCID_CACHE", "/own", "XDG_CACHE_HOME", "/xdg"), "Linux", "/home/x"))
        .isEqualTo(Path.of("/own"));
  }

  @Test
  void eachSystemHasItsOwnPlace() {
    var environment = Map.of("XDG_CACHE_HOME", "/xdg", "LOCALAPPDATA", "/local");
    assertThat(CacheDirectory.of(environment, "Linux", "/home/x"))
        .isEqualTo(Path.of("/xdg/pellucid"));
    assertThat(CacheDirectory.of(environment, "Windows 11", "/home/x"))
        .isEqualTo(Path.of("/local/pellucid"));
  }

  @Test
  void blankAndRelativeVariablesAreIgnored() {
    assertThat(
            CacheDirectory.of(
                Map.of("PELLUCID_CACHE", " ", "XDG_CACHE_HOME", "relative"), "Linux", "/home/x"))
        .isEqualTo(Path.of("/home/x/.cache/pellucid"));
  }
}
