package org.pellucid.weights.convert;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * The regular expressions by which PEFT's {@code rank_pattern} and {@code alpha_pattern} name
 * modules: each fits the whole of a module's name or its end behind a dot.
 */
final class ModulePattern {
  private static final int LONGEST = 1000;

  /** Enough for honest expressions; hostile ones could otherwise take for ever. */
  private static final int MOST_STEPS = 1_000_000;

  private ModulePattern() {}

  /**
   * The value of the first expression that fits a module's name.
   *
   * @param source the file that holds the expressions
   * @throws WeightsException if one is no regular expression or too long to be tried
   */
  static <V> Optional<V> find(Path source, Map<String, V> patterns, String module) {
    return patterns.entrySet().stream()
        .filter(entry -> fits(source, entry.getKey(), module))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private static boolean fits(Path source, String key, String module) {
    try {
      return key.length() <= LONGEST
          && module.length() <= LONGEST
          && Pattern.compile("(?:.*\\.)?(?:" + key + ")")
              .matcher(new CountedText(module, new int[1]))
              .matches();
    } catch (PatternSyntaxException | TooManySteps | StackOverflowError e) {
      throw new WeightsException(
          Cause.INVALID_HEADER,
          e,
          source,
          "the pattern %s is no regular expression that can be tried; correct it",
          key);
    }
  }

  /** Thrown where an expression takes too many steps. */
  private static final class TooManySteps extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** A text that may be looked at only so often. */
  private record CountedText(CharSequence text, int[] steps) implements CharSequence {
    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      if (++steps[0] > MOST_STEPS) {
        throw new TooManySteps();
      }
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new CountedText(text.subSequence(start, end), steps);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
