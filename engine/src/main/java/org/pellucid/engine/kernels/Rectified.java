package org.pellucid.engine.kernels;

import java.util.Optional;
import org.pellucid.engine.tensor.Tensor;

/**
 * The output of a convolution and the rectifier that made it: gradients pass where it lies between
 * the rectifier's bounds, and not where it is at one of them.
 *
 * @param rectifier not {@link Rectifier#NONE}, whose gradients all pass
 */
public record Rectified(Tensor output, Rectifier rectifier) {

  /** The output of a convolution behind which a rectifier may have come. */
  public static Optional<Rectified> of(Tensor output, Rectifier rectifier) {
    return rectifier.isPresent() ? Optional.of(new Rectified(output, rectifier)) : Optional.empty();
  }
}
