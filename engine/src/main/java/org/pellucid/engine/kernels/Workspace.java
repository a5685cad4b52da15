package org.pellucid.engine.kernels;

/**
 * Memory that kernels use in addition to the tensors of a call.
 *
 * @param kept bytes that stay with a weight
 * @param scratch bytes that all calls share
 */
public record Workspace(long kept, long scratch) {
  /** None. */
  public static final Workspace NONE = new Workspace(0, 0);
}
