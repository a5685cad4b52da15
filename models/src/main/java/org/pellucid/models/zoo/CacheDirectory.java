package org.pellucid.models.zoo;

import java.nio.file.Path;
import java.util.Map;

/** The directory in which unpacked models are kept between runs. */
final class CacheDirectory {
  private CacheDirectory() {}

  /** This user's cache directory, which need not exist yet. */
  static Path ofUser() {
    return of(System.getenv(), System.getProperty("os.name"), System.getProperty("user.home"));
  }

  /**
   * {@code PELLUCID_CACHE}, or {@code pellucid} in {@code LOCALAPPDATA} on Windows, in {@code
   * XDG_CACHE_HOME} elsewhere, or else in {@code .cache} of the home directory.
   */
  static Path of(Map<String, String> environment, String system, String home) {
    var own = environment.getOrDefault("PELLUCID_CACHE", "");
    if (!own.isBlank()) {
      return Path.of(own).toAbsolutePath();
    }
    var variable = system.startsWith("Windows") ? "LOCALAPPDATA" : "XDG_CACHE_HOME";
    var shared = environment.getOrDefault(variable, "");
    // The XDG base directory specification says that a relative path is to be ignored.
    return !shared.isBlank() && Path.of(shared).isAbsolute()
        ? Path.of(shared, "pellucid")
        : Path.of(home, ".cache", "pellucid");
  }
}
