package org.pellucid.explain.run;

import java.util.OptionalInt;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;

/** How a run chooses each input's target. */
public sealed interface TargetChoice {

  /** The same for every input, or the predicted class. */
  record Fixed(Target target) implements TargetChoice {}

  /** The class that the input is known to be of. */
  record Label() implements TargetChoice {}

  /**
   * Reads {@code label} or a target's text.
   *
   * @throws IllegalArgumentException if it has none of the forms
   */
  static TargetChoice parse(String text) {
    return text.equals("label") ? new Label() : new Fixed(Target.parse(text));
  }

  /**
   * The target of an input.
   *
   * @throws IllegalArgumentException if the label is chosen and the input has none
   */
  default Target of(String name, OptionalInt label, Values outputs) {
    return switch (this) {
      case Fixed fixed -> fixed.target().resolve(outputs);
      case Label _ ->
          Target.output(
              label.orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "%s has no label; begin its name with the class's number and _, or choose another target"
                              .formatted(name))));
    };
  }
}
