package org.pellucid.explain.search;

/** Follows the building of an index. */
@FunctionalInterface
public interface IndexProgress {
  /**
   * A part is done.
   *
   * @param step what is done at present, such as "reading"
   * @param done of {@code total}, in units of the step
   */
  void update(String step, long done, long total);
}
