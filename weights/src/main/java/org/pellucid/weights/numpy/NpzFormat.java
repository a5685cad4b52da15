package org.pellucid.weights.numpy;

import java.util.LinkedHashMap;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.ChunkedTensor;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.archive.ArchiveFormat;
import org.pellucid.weights.archive.ZipDirectory;
import org.pellucid.weights.archive.ZipEntryData;

/**
 * A ZIP archive of NPY files, stored or compressed, as NumPy writes it. Compressed arrays are
 * expanded when they are asked for.
 */
public final class NpzFormat implements ArchiveFormat {
  static final String SUFFIX = ".npy";

  /** Whether an archive holds nothing but arrays. */
  @Override
  public boolean recognises(ZipDirectory archive) {
    return !archive.entries().isEmpty()
        && archive.entries().keySet().stream().allMatch(name -> name.endsWith(SUFFIX));
  }

  @Override
  public Checkpoint read(MappedFile file, ZipDirectory archive) {
    var tensors = new LinkedHashMap<String, WeightTensor>();
    for (var entry : archive.entries().values()) {
      var name = entry.name().substring(0, entry.name().length() - SUFFIX.length());
      tensors.put(name, tensor(name, entry, file.limits()));
    }
    return new Checkpoint(file, "npz", tensors)
        .withChecksums(() -> archive.verifyChecksums(file.limits()));
  }

  /** Where an array begins; bytes of a compressed one have no position in the file. */
  static FileLocation location(ZipEntryData entry) {
    return entry.isDeflated() ? FileLocation.in(entry.location().file()) : entry.location();
  }

  private static WeightTensor tensor(String name, ZipEntryData entry, Limits limits) {
    var header = NpyHeader.parse(location(entry), name, entry.beginning(NpyHeader.LONGEST));
    if (!entry.isDeflated()) {
      return header.array(entry.packed().asSlice(header.length()));
    }
    if (header.length() + header.checkedBytes() != entry.size()) {
      throw header.unfilled(entry.size() - header.length());
    }
    return new ChunkedTensor(
        header.info(),
        action -> {
          var content = entry.content(limits);
          header.array(content.asSlice(header.length())).forEachChunk(action);
        });
  }
}
