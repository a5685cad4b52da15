package org.pellucid.weights.pytorch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.archive.ArchiveFormat;
import org.pellucid.weights.archive.ZipDirectory;
import org.pellucid.weights.archive.ZipEntryData;

/**
 * The ZIP archive that {@code torch.save} writes since PyTorch 1.6, {@code <name>/data.pkl} beside
 * {@code <name>/data/<key>}, and the parameters in a TorchScript archive. Nothing in the file is
 * executed.
 */
public final class PyTorchZipFormat implements ArchiveFormat {
  private static final String PICKLE = "data.pkl";

  /**
   * Whether an archive holds a pickle as {@code torch.save} and {@code torch.jit.save} write it.
   */
  @Override
  public boolean recognises(ZipDirectory archive) {
    return archive.entries().keySet().stream().anyMatch(PyTorchZipFormat::isPickle);
  }

  private static boolean isPickle(String name) {
    return name.equals(PICKLE) || name.endsWith("/" + PICKLE);
  }

  /**
   * Reads a mapped archive.
   *
   * @throws WeightsException if it breaks a rule of the format or a limit, or asks for code
   */
  @Override
  public Checkpoint read(MappedFile source, ZipDirectory archive) {
    var file = source.file();
    var limits = source.limits();
    var pickles = archive.entries().keySet().stream().filter(PyTorchZipFormat::isPickle).toList();
    if (pickles.size() != 1) {
      throw new WeightsException(
          Cause.INVALID_LAYOUT,
          file,
          "the archive holds %d pickles where torch.save writes one; the file is made to mislead",
          pickles.size());
    }
    var prefix = pickles.getFirst().substring(0, pickles.getFirst().length() - PICKLE.length());
    var isScript = archive.entry(prefix + "constants.pkl").isPresent();
    var dialect = isScript ? Dialect.SCRIPT : Dialect.STATE;
    var pickle = archive.entries().get(pickles.getFirst());
    checkStored(file, pickle);
    var value = new Unpickler(pickle.location(), pickle.packed(), dialect, limits).loadAll();
    var storages = new HashMap<String, MemorySegment>();
    var data = prefix + "data/";
    for (var entry : archive.entries().values()) {
      if (entry.name().startsWith(data)) {
        checkStored(file, entry);
        storages.put(entry.name().substring(data.length()), entry.packed());
      }
    }
    var dictionary = new StateDictionary(source, storages, byteOrder(file, archive, prefix));
    var checkpoint =
        isScript
            ? dictionary.whole("torchscript", value)
            : dictionary.checkpoint("pytorch-zip", value);
    return checkpoint.withChecksums(() -> archive.verifyChecksums(limits));
  }

  private static void checkStored(Path file, ZipEntryData entry) {
    if (entry.isDeflated()) {
      throw new WeightsException(
          Cause.UNSUPPORTED,
          file,
          "the entry %s is compressed, which PyTorch never does; save the file again",
          entry.name());
    }
  }

  private static ByteOrder byteOrder(Path file, ZipDirectory archive, String prefix) {
    var entry = archive.entry(prefix + "byteorder");
    if (entry.isEmpty()) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    checkStored(file, entry.get());
    var data = entry.get().packed();
    var text = data.asSlice(0, Math.min(16, data.byteSize())).toArray(ValueLayout.JAVA_BYTE);
    return switch (new String(text, StandardCharsets.US_ASCII).strip()) {
      case "little" -> ByteOrder.LITTLE_ENDIAN;
      case "big" -> ByteOrder.BIG_ENDIAN;
      default ->
          throw new WeightsException(
              Cause.INVALID_HEADER,
              entry.get().location(),
              "the byte order is neither little nor big; the file is damaged");
    };
  }
}
