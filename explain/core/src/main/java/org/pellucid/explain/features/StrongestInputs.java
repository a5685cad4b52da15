package org.pellucid.explain.features;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Values;

/**
 * The inputs that make each filter of a layer largest at one place, among all that were offered.
 * Belongs to one thread; holds names and numbers only.
 */
public final class StrongestInputs {
  private final Evaluator evaluator;
  private final String layer;
  private final int kept;
  private final List<List<Found>> byFilter = new ArrayList<>();

  /**
   * An input and where it makes a filter largest.
   *
   * @param value the filter's largest output for the input
   * @param down the place's centre from the upper edge, as a share of the height
   * @param right the place's centre from the left edge, as a share of the width
   */
  public record Found(String input, float value, double down, double right) {}

  /**
   * Begins without inputs.
   *
   * @param kept the number of inputs for each filter
   */
  public StrongestInputs(Evaluator evaluator, String layer, int kept) {
    check(kept > 0, "At least one input is kept for each filter, not %d", kept);
    this.evaluator = evaluator;
    this.layer = layer;
    this.kept = kept;
  }

  /**
   * Offers an input; of equal ones the first is kept.
   *
   * @throws IllegalArgumentException if it doesn't fit the model
   */
  public void offer(String name, Values input) {
    var output = evaluator.layerOutput(layer, input);
    var filters = output.size(0);
    var places = output.length() / filters;
    var width = output.rank() == 3 ? output.size(2) : 1;
    var height = places / width;
    for (var filter = 0; filter < filters; filter++) {
      var best = 0;
      for (var place = 1; place < places; place++) {
        if (output.get(filter * places + place) > output.get(filter * places + best)) {
          best = place;
        }
      }
      keep(
          filter,
          new Found(
              name,
              output.get(filter * places + best),
              (best / width + 0.5) / height,
              (best % width + 0.5) / width));
    }
  }

  private void keep(int filter, Found found) {
    if (filter == byFilter.size()) {
      byFilter.add(new ArrayList<>());
    }
    var list = byFilter.get(filter);
    list.add(found);
    list.sort(Comparator.comparingDouble(f -> -f.value()));
    if (list.size() > kept) {
      list.removeLast();
    }
  }

  /** The inputs of a filter, the strongest first; none if none was offered. */
  public List<Found> of(int filter) {
    return filter < byFilter.size() ? List.copyOf(byFilter.get(filter)) : List.of();
  }
}
