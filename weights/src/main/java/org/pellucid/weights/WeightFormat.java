package org.pellucid.weights;

/**
 * A format that weight files are read in. Implementations keep no state and may be shared by
 * threads.
 */
public interface WeightFormat {
  /** Whether the file's content looks like this format; its name doesn't matter. */
  boolean recognises(MappedFile file);

  /**
   * Reads a recognised file. The checkpoint takes over the file's arena.
   *
   * @throws WeightsException if the file breaks a rule of the format or a limit
   */
  Checkpoint read(MappedFile file);
}
