package org.pellucid.explain.cli;

import java.util.Optional;
import org.pellucid.models.bert.answer.WindowSettings;
import picocli.CommandLine.Option;

/** How long texts are cut into windows that a model can read. */
final class WindowOptions {
  /** Named settings. */
  enum Preset {
    squad(WindowSettings.squad()),
    homework(WindowSettings.homework());

    private final WindowSettings settings;

    Preset(WindowSettings settings) {
      this.settings = settings;
    }
  }

  @Option(
      names = "--windows",
      paramLabel = "squad|homework",
      defaultValue = "squad",
      description = {
        "How a long text is cut: squad, 384 tokens with the question, every 128;",
        "homework, 150 tokens of the text side by side. Default: ${DEFAULT-VALUE}."
      })
  private Preset preset;

  @Option(
      names = "--question-tokens",
      paramLabel = "N",
      description = "The most tokens of a question.")
  private Optional<Integer> question = Optional.empty();

  @Option(
      names = "--window-tokens",
      paramLabel = "N",
      description = "The most tokens of the text in a window.")
  private Optional<Integer> window = Optional.empty();

  @Option(
      names = "--stride",
      paramLabel = "N",
      description = "Tokens from a window's beginning to the next one's.")
  private Optional<Integer> stride = Optional.empty();

  /**
   * The preset with what was given beside it; an input then has room for all of it.
   *
   * @throws IllegalArgumentException if the numbers don't fit each other
   */
  WindowSettings settings() {
    var base = preset.settings;
    var asked = question.orElse(base.question());
    var context = window.orElse(base.context());
    return new WindowSettings(
        asked,
        context,
        stride.orElse(Math.min(base.stride(), Math.max(1, context))),
        window.isPresent() ? asked + context + 3 : base.input());
  }
}
