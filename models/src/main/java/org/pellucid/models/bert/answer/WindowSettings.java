package org.pellucid.models.bert.answer;

import static org.pellucid.engine.tensor.Shapes.check;

/**
 * How a context is cut into windows that fit a model, in tokens.
 *
 * @param question the most of a question; the rest of a longer one is left out
 * @param context the most of the context in a window
 * @param stride from a window's first token to the next window's; smaller than a window, windows
 *     overlap, so that an answer at one's edge stands whole in another
 * @param input the most in all: {@code [CLS] question [SEP] window [SEP]}
 */
public record WindowSettings(int question, int context, int stride, int input) {
  /** {@code [CLS]}, {@code [SEP]}, {@code [SEP]}. */
  static final int SPECIAL_TOKENS = 3;

  private static final int SMALLEST_INPUT = SPECIAL_TOKENS + 2;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one isn't positive, the stride would jump over tokens, or
   *     the input has no room for a token of each text
   */
  public WindowSettings {
    check(question > 0, "A question needs at least 1 token, not %d", question);
    check(context > 0, "A window needs at least 1 token, not %d", context);
    check(
        stride > 0 && stride <= context,
        "The stride of windows is %d tokens, but must be 1 to the window's %d",
        stride,
        context);
    check(
        input >= SMALLEST_INPUT,
        "An input of %d tokens has no room for a question and a context; it needs at least %d",
        input,
        SMALLEST_INPUT);
  }

  /** SQuAD's: 64 of the question, 384 in all, a stride of 128 (Devlin et al., 2019). */
  public static WindowSettings squad() {
    return new WindowSettings(64, 384, 128, 384);
  }

  /** The homework's: 40 of the question, windows of 150 side by side, 193 in all. */
  public static WindowSettings homework() {
    return new WindowSettings(40, 150, 150, 193);
  }

  /** These settings with an input no longer than a model has positions for. */
  public WindowSettings fitting(int positions) {
    return new WindowSettings(question, context, stride, Math.min(input, positions));
  }

  /** The most tokens of a question: half of the room at most, so that the context has the other. */
  int questionRoom() {
    return Math.min(question, (input - SPECIAL_TOKENS) / 2);
  }

  /** The most tokens of the context in a window beside a question of so many. */
  int contextRoom(int questionTokens) {
    return Math.min(context, input - SPECIAL_TOKENS - questionTokens);
  }
}
