package org.pellucid.weights;

/**
 * Text out of a file that somebody else made, fit to be shown: it neither breaks a line, nor steers
 * a terminal, nor changes the direction of writing.
 */
public final class PrintableText {
  private PrintableText() {}

  /** The text with every letter replaced that isn't meant to be seen. */
  public static String of(String text) {
    if (text.codePoints().noneMatch(PrintableText::isHidden)) {
      return text;
    }
    var safe = new StringBuilder();
    text.codePoints()
        .map(letter -> isHidden(letter) ? '\ufffd' : letter)
        .forEach(safe::appendCodePoint);
    return safe.toString();
  }

  /** JSON with the same letters escaped, so that it still says the same. */
  static String inJson(String json) {
    var safe = new StringBuilder(json.length());
    json.codePoints()
        .forEach(
            letter -> {
              if (isHidden(letter) && letter != '\n' && letter != '\r') {
                Character.toString(letter)
                    .chars()
                    .forEach(unit -> safe.append("\\u%04x".formatted(unit)));
              } else {
                safe.appendCodePoint(letter);
              }
            });
    return safe.toString();
  }

  private static boolean isHidden(int letter) {
    return switch (Character.getType(letter)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
