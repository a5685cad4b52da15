package org.pellucid.explain.view;

import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.pellucid.explain.method.Guidance;

/**
 * All explanations of one image: side by side, laid over the image, with figures, curves and how
 * they were made.
 *
 * @param title the image's name
 * @param report the address of the report that it belongs to; empty if there is none
 * @param image as the network sees it, one pixel for each of its own
 * @param known the class that it is known to be of; empty if none is
 * @param outputs of the model, the largest first
 * @param clip the percentile of magnitudes at which colours end
 * @param results one for each method
 * @param command that makes the results again; empty if it isn't known
 */
public record ImagePage(
    String title,
    String report,
    Pixels image,
    String known,
    List<Output> outputs,
    double clip,
    List<Result> results,
    String command)
    implements Page {
  /**
   * Copies the lists and checks that results can be told apart.
   *
   * @throws IllegalArgumentException if two results have one name
   */
  public ImagePage {
    outputs = List.copyOf(outputs);
    results = List.copyOf(results);
    var names = new HashSet<String>();
    for (var result : results) {
      PageParts.check(names.add(result.name()), "results (two are named " + result.name() + ")");
    }
  }

  @Override
  public List<String> scripts() {
    return List.of("image.js");
  }

  @Override
  public List<String> styles() {
    return List.of("image.css");
  }

  /** An image as a PNG. */
  public record Pixels(int width, int height, byte[] png) {}

  /** An output of the model: a class with its score and probability. */
  public record Output(String name, double score, double probability) {}

  /**
   * What a method found.
   *
   * @param name of the result, as in files
   * @param sentence how to read it
   * @param source the paper that defines the method
   * @param guidance which question it answers, what it costs and when it misleads
   * @param parameters by name
   * @param display how its values are drawn, such as {@code map}
   * @param target what was explained
   * @param maps its values; empty where they are an image
   * @param images its drawing where that is no map of colours, as of a method that makes images
   * @param quality figures on how far to trust it
   * @param java the lines of Java that make it again; empty if they aren't known
   * @param data the file with the numbers, relative to the page; empty if there is none
   */
  public record Result(
      String name,
      String title,
      String sentence,
      String source,
      Guidance guidance,
      List<Setting> parameters,
      String display,
      String target,
      long seed,
      double seconds,
      List<Numbers> maps,
      List<Pixels> images,
      List<Figure> quality,
      String java,
      String data) {}

  /** A parameter's value with what it means. */
  public record Setting(String name, String value, String meaning) {}

  /**
   * A map's values, which the page shows within 0.05 % of the largest that are not tiny beside it.
   *
   * @param values {@code [channels, height, width]}
   * @param reach where the colours of the map's own scale end
   * @param largest the largest magnitude
   */
  public record Numbers(
      int channels,
      int height,
      int width,
      double reach,
      double largest,
      @JsonSerialize(using = HalfFloats.class) float[] values) {}

  /**
   * A figure of quality.
   *
   * @param curves that it sums up; none or one
   */
  public record Figure(
      String name,
      double value,
      String meaning,
      Map<String, Object> parameters,
      List<CurveOfImages> curves) {}

  /**
   * A curve with some of the images that its points were measured at.
   *
   * @param x what the positions are
   * @param y what the values are
   * @param points the indices of the points that have an image
   * @param images one for each of these
   */
  public record CurveOfImages(
      String x,
      String y,
      List<Double> positions,
      List<Double> values,
      List<Integer> points,
      List<Pixels> images) {}
}
