package org.pellucid.models.zoo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/** The vocabularies of the known models, as far as this machine has them already. */
public final class LocalVocabularies {
  private LocalVocabularies() {}

  /** Returns a vocabulary's lines without downloading or unpacking a model. */
  public static Optional<List<String>> find(KnownModel model) throws IOException {
    var unpacked =
        CacheDirectory.ofUser().resolve("models/" + model.modelName() + "/assets/vocab.txt");
    if (Files.isRegularFile(unpacked)) {
      return Optional.of(Files.readAllLines(unpacked));
    }
    var jar =
        MavenSettings.ofUser()
            .localRepository()
            .resolve(model.repositoryPath())
            .resolve(model.jarName());
    return Files.isRegularFile(jar) ? Optional.of(read(jar, model)) : Optional.empty();
  }

  private static List<String> read(Path jar, KnownModel model) throws IOException {
    try (var outer = new ZipFile(jar.toFile());
        var inner =
            new ZipInputStream(
                outer.getInputStream(
                    outer.getEntry(((ModelArtifact.EasyBert) model.artifact()).nestedZip())))) {
      while (!inner.getNextEntry().getName().equals("assets/vocab.txt")) {
        inner.closeEntry();
      }
      return new String(inner.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
