package org.pellucid.explain.cli;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import org.pellucid.explain.run.ReportOptions;
import org.pellucid.explain.view.ColourMap;
import org.pellucid.explain.view.DrawingForm;
import org.pellucid.explain.view.DrawingStyle;
import org.pellucid.explain.view.Scale;
import picocli.CommandLine.Option;

/** How results are drawn. */
final class DisplayOptions {
  private static final String OWN = "own";
  private static final String SHARED = "shared";

  @Option(
      names = "--display",
      paramLabel = "FORM",
      completionCandidates = Forms.class,
      description =
          "How the images of maps are drawn: ${COMPLETION-CANDIDATES}; default: as each method's"
              + " values are read.")
  private Optional<String> form;

  @Option(
      names = "--opacity",
      paramLabel = "SHARE",
      description = "Of an overlay where the map is strongest, 0 to 1; default: 0.8.")
  private Optional<Double> opacity;

  @Option(
      names = "--clip",
      paramLabel = "PERCENT",
      description = "The percentile of magnitudes at which colours end; default: 99.")
  private Optional<Double> clip;

  @Option(
      names = "--scale",
      paramLabel = "SCALE",
      description =
          "own for each map, shared by a method's maps of all images, or the magnitude at which"
              + " colours end; default: own.")
  private Optional<String> scale;

  @Option(
      names = "--colours",
      paramLabel = "NAME",
      completionCandidates = Colours.class,
      description =
          "${COMPLETION-CANDIDATES}; default: magma, diverging where signs are drawn, viridis for"
              + " activations.")
  private Optional<String> colours;

  @Option(
      names = "--sheet",
      description = "Writes contact sheets of all images and methods: sheet-1.png and so on.")
  private boolean sheet;

  /** The names that {@code --display} takes. */
  static final class Forms implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(DrawingForm.values()).map(DrawingForm::text).iterator();
    }
  }

  /** The names that {@code --colours} takes. */
  static final class Colours implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(ColourMap.values()).map(ColourMap::text).iterator();
    }
  }

  /**
   * How the report is made.
   *
   * @throws IllegalArgumentException if an option has a value that it doesn't take
   */
  ReportOptions report() {
    check(
        opacity.orElse(0.0) >= 0 && opacity.orElse(0.0) <= 1,
        "--opacity is %s, but must be 0 to 1",
        opacity.orElse(0.0));
    check(
        clip.orElse(100.0) > 0 && clip.orElse(100.0) <= 100,
        "--clip is %s, but must be above 0 and up to 100",
        clip.orElse(100.0));
    var style = DrawingStyle.standard();
    style = form.map(DrawingForm::named).map(style::withForm).orElse(style);
    style = opacity.map(style::withOpacity).orElse(style);
    style = clip.map(style::withClip).orElse(style);
    style = colours.map(ColourMap::named).map(style::withColours).orElse(style);
    style = style.withScale(fixed());
    return ReportOptions.standard()
        .withStyle(style)
        .shared(scale.equals(Optional.of(SHARED)))
        .withSheets(sheet);
  }

  private Scale fixed() {
    if (scale.isEmpty() || scale.get().equals(OWN) || scale.get().equals(SHARED)) {
      return Scale.own();
    }
    try {
      return Scale.of(Double.parseDouble(scale.get()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--scale is %s, but must be own, shared or a number above 0".formatted(scale.get()), e);
    }
  }
}
