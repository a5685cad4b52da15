package org.pellucid.explain.run;

import java.util.List;
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

  /** The text that {@link #parse} reads. */
  default String text() {
    return switch (this) {
      case Fixed fixed -> fixed.target().text();
      case Label _ -> "label";
    };
  }

  /**
   * Checks that every input has the label that is chosen, as far as names tell.
   *
   * @throws IllegalArgumentException naming those that have none
   */
  default void check(List<? extends InputSource> inputs) {
    if (this instanceof Label) {
      var without =
          inputs.stream().filter(i -> i.label().isEmpty()).map(InputSource::name).toList();
      if (!without.isEmpty()) {
        throw new IllegalArgumentException(
            "%s has no label%s; begin its name with the class's number and _, or choose another target"
                .formatted(
                    without.getFirst(),
                    without.size() == 1
                        ? ""
                        : " (and %d of the %d images have none)"
                            .formatted(without.size(), inputs.size())));
      }
    }
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
