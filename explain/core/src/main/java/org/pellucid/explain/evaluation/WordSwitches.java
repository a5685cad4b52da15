package org.pellucid.explain.evaluation;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.RandomisableModel;
import org.pellucid.models.Taps;
import org.pellucid.models.bert.TextFunction;

/**
 * A text's scores as a function of which of its units are shown: an image of one row in which a
 * pixel is 1 where a unit is shown and 0 where it is hidden. So every method and metric that
 * changes places of images changes the words of texts. A number in between mixes the two
 * embeddings.
 *
 * <p>Inputs are {@code [1, 1, units]}; no gradient flows to them.
 *
 * @param scores of the text
 * @param embeddings of the text with all units shown, {@code [tokens, embedding]}
 * @param units the tokens of each, none of them in two; tokens of no unit are always shown
 * @param hidden what a hidden unit's tokens become
 */
public record WordSwitches(
    TextFunction scores, Values embeddings, List<int[]> units, HiddenWords hidden)
    implements RandomisableModel {

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if there is no unit, or the embeddings have another shape than
   *     the scores' inputs
   */
  public WordSwitches {
    units = List.copyOf(units);
    check(!units.isEmpty(), "The text has no words that could be hidden");
    check(
        Arrays.equals(embeddings.shape(), scores.inputShape()),
        "The embeddings are not of the text's shape");
  }

  /** The input that shows all units. */
  public Values allShown() {
    var ones = new float[units.size()];
    Arrays.fill(ones, 1);
    return Values.of(ones, inputShape());
  }

  @Override
  public long[] inputShape() {
    return new long[] {1, 1, units.size()};
  }

  @Override
  public int outputs() {
    return scores.outputs();
  }

  @Override
  public ElementType type() {
    return scores.type();
  }

  @Override
  public List<String> layersWithParameters() {
    return scores.layersWithParameters();
  }

  @Override
  public WordSwitches randomised(Set<String> layers, long seed) {
    return new WordSwitches(scores.randomised(layers, seed), embeddings, units, hidden);
  }

  @Override
  public void close() {
    scores.close();
  }

  @Override
  public Tensor forward(Tape tape, Tensor inputs, Taps taps) {
    var batch = Math.toIntExact(inputs.size(0));
    var switches = inputs.toDoubles();
    var tokens = embeddings.size(0);
    var size = embeddings.size(1);
    var shown = embeddings.toDoubles();
    var other = hidden.all(scores).toDoubles();
    var mixed = new double[batch * shown.length];
    var mask = new int[batch * tokens];
    Arrays.fill(mask, 1);
    for (var example = 0; example < batch; example++) {
      System.arraycopy(shown, 0, mixed, example * shown.length, shown.length);
      for (var unit = 0; unit < units.size(); unit++) {
        var share = switches[example * units.size() + unit];
        for (var token : units.get(unit)) {
          mask[example * tokens + token] = hidden == HiddenWords.REMOVED && share == 0 ? 0 : 1;
          for (var i = token * size; i < (token + 1) * size; i++) {
            mixed[example * shown.length + i] = share * shown[i] + (1 - share) * other[i];
          }
        }
      }
    }
    var changed = tape.allocate(type(), batch, tokens, size);
    changed.set(mixed);
    var attended = hidden == HiddenWords.REMOVED ? Optional.of(mask) : Optional.<int[]>empty();
    return scores.forward(tape, changed, attended, taps);
  }
}
