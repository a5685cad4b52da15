package org.pellucid.explain.metrics;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterList;
import org.pellucid.explain.method.ParameterValues;

/**
 * The description of a metric before it runs. The command line's options and help, the results and
 * the documentation's table come from it.
 *
 * @param name on the command line and in files, such as {@code pixel-flipping}
 * @param title such as {@code Pixel flipping}
 * @param meaning what the figure says and which values are good, in a sentence
 * @param source the paper that defines it
 * @param direction which figures are better
 * @param effort what it computes
 * @param needsMask whether it needs the mask of the explained object
 * @param parameters in the order in which they are listed
 * @param factory makes the metric
 */
public record MetricDescriptor(
    String name,
    String title,
    String meaning,
    String source,
    Direction direction,
    Effort effort,
    boolean needsMask,
    List<Parameter<?>> parameters,
    Function<ParameterValues, Metric> factory) {

  /** Which of two figures is the better one. */
  public enum Direction {
    /** The larger one. */
    HIGHER,
    /** The smaller one. */
    LOWER,
    /** Neither: the figure describes. */
    NEITHER
  }

  /** What measuring takes. */
  public enum Effort {
    /** Only the map is looked at. */
    MAP,
    /** The model runs on changed inputs. */
    OUTPUTS,
    /** The method explains again, several times. */
    EXPLANATIONS
  }

  /** Copies the list and checks that no two parameters have the same name. */
  public MetricDescriptor {
    parameters = new ParameterList("The metric " + name, parameters).all();
  }

  /** A descriptor of a metric that looks at the map alone and has no parameters. */
  public static MetricDescriptor of(
      String name, String title, String meaning, Direction direction, Metric metric) {
    return new MetricDescriptor(
        name, title, meaning, "", direction, Effort.MAP, false, List.of(), _ -> metric);
  }

  /** The metric with all parameters at their standard values. */
  public Metric standard() {
    return factory.apply(list().standard());
  }

  /**
   * The metric with some parameters changed.
   *
   * @param settings texts by parameter name
   * @throws IllegalArgumentException if a name is not a parameter's or a text is not one of its
   *     values; the message says which are
   */
  public Metric with(Map<String, String> settings) {
    return factory.apply(list().changed(list().standard(), settings));
  }

  private ParameterList list() {
    return new ParameterList(name, parameters);
  }
}
