package org.pellucid.weights;

/**
 * Text from an untrusted file, made fit to be shown: it neither breaks a line, nor steers a
 * terminal, nor changes the direction of writing.
 */
public final class PrintableText {
  private static final int LONGEST = 200;

  private PrintableText() {}

  /** The text with every invisible character replaced. */
  public static String of(String text) {
    if (text.codePoints().noneMatch(PrintableText::isHidden)) {
      return text;
    }
    var safe = new StringBuilder();
    text.codePoints()
        .map(codePoint -> isHidden(codePoint) ? '\ufffd' : codePoint)
        .forEach(safe::appendCodePoint);
    return safe.toString();
  }

  /** The text with every invisible character replaced, and cut off where it is long. */
  public static String shortened(String text) {
    return text.length() <= LONGEST ? of(text) : of(text.substring(0, LONGEST)) + "…";
  }

  /** JSON with the same characters escaped, so that its values stay the same. */
  public static String inJson(String json) {
    var safe = new StringBuilder(json.length());
    json.codePoints()
        .forEach(
            codePoint -> {
              if (isHidden(codePoint) && codePoint != '\n' && codePoint != '\r') {
                Character.toString(codePoint)
                    .chars()
                    .forEach(unit -> safe.append("\\u%04x".formatted(unit)));
              } else {
                safe.appendCodePoint(codePoint);
              }
            });
    return safe.toString();
  }

  private static boolean isHidden(int codePoint) {
    return switch (Character.getType(codePoint)) {
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
