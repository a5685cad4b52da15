package org.pellucid.weights.pytorch;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.archive.TarDirectory;
import org.pellucid.weights.archive.ZipDirectory;
import org.pellucid.weights.archive.ZipEntryData;

/**
 * Reads what {@code torch.save} writes: the ZIP archive of PyTorch 1.6 and later ({@code
 * <name>/data.pkl} beside {@code <name>/data/<key>}), the stream of pickles and storages before it,
 * and the TAR archive before 0.1.10; and the parameters out of a TorchScript archive. Nothing in
 * the file is executed.
 */
public final class PyTorchFormat {
  private static final String PICKLE = "data.pkl";

  private PyTorchFormat() {}

  /** Whether an archive is one of {@code torch.save} or {@code torch.jit.save}. */
  public static boolean recognises(ZipDirectory archive) {
    return archive.entries().keySet().stream().anyMatch(PyTorchFormat::isPickle);
  }

  /** Whether the content begins like one of the two older forms. */
  public static boolean recognises(MemorySegment content) {
    return TarDirectory.recognises(content) || isPickled(content);
  }

  /**
   * The older form begins with a pickle. A hostile file may work out the magic number that has to
   * stand in it, so it isn't looked at here, but when the pickle is read.
   */
  private static boolean isPickled(MemorySegment content) {
    return content.byteSize() > 3
        && content.get(ValueLayout.JAVA_BYTE, 0) == (byte) 0x80
        && content.get(ValueLayout.JAVA_BYTE, 1) >= 2
        && content.get(ValueLayout.JAVA_BYTE, 1) <= 5;
  }

  private static boolean isPickle(String name) {
    return name.equals(PICKLE) || name.endsWith("/" + PICKLE);
  }

  /**
   * Reads a mapped file in one of the two older forms.
   *
   * @throws WeightsException if it breaks a rule of the format or a limit, or asks for code
   */
  public static Checkpoint read(Path file, MemorySegment content, Arena arena, Limits limits) {
    return TarDirectory.recognises(content)
        ? new TarForm(file, limits).read(new TarDirectory(file, content, limits), arena)
        : new StreamForm(file, content, limits).read(arena);
  }

  /**
   * Reads a mapped archive.
   *
   * @throws WeightsException if it breaks a rule of the format or a limit, or asks for code
   */
  public static Checkpoint read(Path file, ZipDirectory archive, Arena arena, Limits limits) {
    var pickles = archive.entries().keySet().stream().filter(PyTorchFormat::isPickle).toList();
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
    var value = new Unpickler(pickle.place(), pickle.packed(), dialect, limits).loadAll();
    var storages = new HashMap<String, MemorySegment>();
    var data = prefix + "data/";
    for (var entry : archive.entries().values()) {
      if (entry.name().startsWith(data)) {
        checkStored(file, entry);
        storages.put(entry.name().substring(data.length()), entry.packed());
      }
    }
    var dictionary = new StateDictionary(file, storages, byteOrder(file, archive, prefix), limits);
    var checkpoint =
        isScript
            ? dictionary.whole("torchscript", value, arena)
            : dictionary.checkpoint("pytorch-zip", value, arena);
    return checkpoint.checkedBy(
        () -> archive.entries().values().forEach(entry -> entry.checkSum(limits)));
  }

  private static void checkStored(Path file, ZipEntryData entry) {
    if (entry.isDeflated()) {
      throw new WeightsException(
          Cause.UNSUPPORTED,
          file,
          "the entry %s is compressed, which PyTorch never does; save the file anew",
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
              entry.get().place(),
              "the byte order is neither little nor big; the file is damaged");
    };
  }

  /** The byte order that the older forms' dictionary of system information tells. */
  static ByteOrder byteOrder(Object systemInformation) {
    return systemInformation instanceof Map<?, ?> system
            && Boolean.FALSE.equals(system.get("little_endian"))
        ? ByteOrder.BIG_ENDIAN
        : ByteOrder.LITTLE_ENDIAN;
  }
}
