package org.pellucid.explain.method;

/** How an explanation's values are drawn. */
public enum Display {
  /** Attributions: without signs from dark to bright, with signs from blue over white to red. */
  MAP,
  /** Activations, which have no sign to read: a perceptually uniform scale over their own range. */
  ACTIVATION,
  /** An image {@code [channels, height, width]}, stretched over its own range. */
  IMAGE,
  /** Coefficients of superpixels, tinted on the input: green for, red against. */
  SUPERPIXELS
}
