package org.pellucid.explain.run;

import org.pellucid.explain.view.DrawingStyle;
import org.pellucid.explain.view.ImageResults.CurveImages;

/**
 * How a report is made.
 *
 * @param images the number that is expected, for the report's progress; 0 if it isn't known
 * @param style how results are drawn
 * @param isShared whether the maps of a method are drawn again at the end, on one scale for all
 *     images
 * @param hasSheets whether contact sheets are written
 * @param recipes how results are made again
 * @param curves the images behind the points of curves
 */
public record ReportOptions(
    int images,
    DrawingStyle style,
    boolean isShared,
    boolean hasSheets,
    Recipes recipes,
    CurveImages curves) {
  /** Each method's own form, each map's own scale, and no contact sheets. */
  public static ReportOptions standard() {
    return new ReportOptions(
        0, DrawingStyle.standard(), false, false, Recipes.NONE, CurveImages.NONE);
  }

  /** These options with the number of images that is expected. */
  public ReportOptions withImages(int expected) {
    return new ReportOptions(expected, style, isShared, hasSheets, recipes, curves);
  }

  /** These options with another style. */
  public ReportOptions withStyle(DrawingStyle chosen) {
    return new ReportOptions(images, chosen, isShared, hasSheets, recipes, curves);
  }

  /** These options with one scale for all images. */
  public ReportOptions shared(boolean whether) {
    return new ReportOptions(images, style, whether, hasSheets, recipes, curves);
  }

  /** These options with contact sheets. */
  public ReportOptions withSheets(boolean whether) {
    return new ReportOptions(images, style, isShared, whether, recipes, curves);
  }

  /** These options with recipes. */
  public ReportOptions withRecipes(Recipes known) {
    return new ReportOptions(images, style, isShared, hasSheets, known, curves);
  }

  /** These options with the images behind curves. */
  public ReportOptions withCurves(CurveImages known) {
    return new ReportOptions(images, style, isShared, hasSheets, recipes, known);
  }
}
