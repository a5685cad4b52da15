package org.pellucid.models;

import java.util.List;
import java.util.Set;

/**
 * A model whose layers can be given random parameters, by which one finds out whether an
 * explanation depends on what the model learnt.
 */
public interface RandomisableModel extends Model, AutoCloseable {

  /** The names of the layers that have parameters, in the order data takes. */
  List<String> layersWithParameters();

  /**
   * A copy with parameters as before training in some layers and the same ones in all others. A
   * layer gets the same parameters whichever others are random; the same seed gives the same copy.
   * The copy owns its tensors, and the caller closes it.
   *
   * @throws IllegalArgumentException if a layer doesn't exist or has no parameters
   */
  RandomisableModel randomised(Set<String> layers, long seed);

  @Override
  void close();
}
