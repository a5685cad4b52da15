package org.pellucid.explain.view;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import java.util.Optional;
import org.pellucid.explain.method.Explanation;

/**
 * How explanations are drawn.
 *
 * @param form of maps; default: each method's own
 * @param opacity of an overlay at the end of its scale, from 0 to 1
 * @param clip the percentile of the magnitudes at which colours end, above 0 and up to 100
 * @param scale the map's own, a shared or a given one
 * @param colours default: {@link ColourMap#MAGMA}, {@link ColourMap#DIVERGING} where signs are
 *     drawn, {@link ColourMap#VIRIDIS} for activations
 */
public record DrawingStyle(
    Optional<DrawingForm> form,
    double opacity,
    double clip,
    Scale scale,
    Optional<ColourMap> colours) {
  private static final double USUAL_OPACITY = 0.8;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if the opacity or the percentile is outside of its range
   */
  public DrawingStyle {
    check(opacity >= 0 && opacity <= 1, "The opacity is %s, but must be 0..1", opacity);
    check(clip > 0 && clip <= 100, "The percentile is %s, but must be above 0 and up to 100", clip);
  }

  /** Each method's own form and colours, which end at the map's own 99th percentile. */
  public static DrawingStyle standard() {
    return new DrawingStyle(
        Optional.empty(), USUAL_OPACITY, Normalisation.USUAL_CLIP, Scale.own(), Optional.empty());
  }

  /** This style with a form. */
  public DrawingStyle withForm(DrawingForm chosen) {
    return new DrawingStyle(Optional.of(chosen), opacity, clip, scale, colours);
  }

  /** This style with another opacity, from 0 to 1. */
  public DrawingStyle withOpacity(double chosen) {
    return new DrawingStyle(form, chosen, clip, scale, colours);
  }

  /** This style with another percentile of the magnitudes. */
  public DrawingStyle withClip(double percentile) {
    return new DrawingStyle(form, opacity, percentile, scale, colours);
  }

  /** This style with another scale. */
  public DrawingStyle withScale(Scale chosen) {
    return new DrawingStyle(form, opacity, clip, chosen, colours);
  }

  /** This style with other colours. */
  public DrawingStyle withColours(ColourMap chosen) {
    return new DrawingStyle(form, opacity, clip, scale, Optional.of(chosen));
  }

  /** This style with one scale for several explanations: the largest of their own. */
  public DrawingStyle sharedBy(List<Explanation> explanations) {
    var largest = explanations.stream().mapToDouble(this::reach).max().orElse(0);
    return withScale(new Scale.Shared(largest, explanations.size()));
  }

  /**
   * Where an explanation's own scale ends: this style's percentile of its magnitudes, its channels
   * summed if signed, else the largest.
   */
  public double reach(Explanation explanation) {
    return Normalisation.reach(Plane.of(explanation.values()).numbers(), clip);
  }
}
