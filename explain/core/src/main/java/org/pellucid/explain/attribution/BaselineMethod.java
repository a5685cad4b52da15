package org.pellucid.explain.attribution;

/** A gradient method that measures from a baseline. */
public interface BaselineMethod extends GradientMethod {

  /** The same method with another baseline. */
  BaselineMethod withBaseline(Baseline baseline);
}
