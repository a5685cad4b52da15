package org.pellucid.weights.archive;

import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.WeightsException;

/** A format that keeps its weights in the entries of a ZIP archive; see {@link ZipFormat}. */
public interface ArchiveFormat {
  /** Whether the names of the entries are those of this format. */
  boolean recognises(ZipDirectory archive);

  /**
   * Reads a recognised archive. The checkpoint takes over the file's arena.
   *
   * @throws WeightsException if it breaks a rule of the format or a limit
   */
  Checkpoint read(MappedFile file, ZipDirectory archive);
}
