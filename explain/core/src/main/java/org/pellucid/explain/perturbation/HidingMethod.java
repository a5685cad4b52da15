package org.pellucid.explain.perturbation;

import java.util.Optional;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.segmentation.Segmentation;

/** A method that hides parts of its input, be they places of images or words of texts. */
public interface HidingMethod extends Method {

  /** What hidden parts show. */
  HideColour hidden();

  /** What the input is divided into, where the method divides it. */
  default Optional<Segmentation> parts() {
    return Optional.empty();
  }
}
