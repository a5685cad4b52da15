package org.pellucid.weights;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * A format that weight files are written in. Implementations keep no state and may be shared by
 * threads.
 */
public interface WeightWriter {
  /** How names of files in this format end, such as {@code .npz}; the usual ending first. */
  List<String> endings();

  /**
   * The content of a file with these tensors. Nothing is written before it is asked for.
   *
   * @param file the final name of the file, for messages
   * @param metadata to write beside the tensors; left out where the format has no place for it
   * @throws WeightsException if the format lacks the type of a tensor
   * @throws IllegalArgumentException if two tensors have the same name
   */
  AtomicFile.Content content(
      Path file, Collection<WeightTensor> tensors, Map<String, String> metadata);
}
