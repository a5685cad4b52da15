package org.pellucid.models.bert;

import java.text.Normalizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Splits text into words the way BERT's basic tokenizer does, keeping track of where each letter
 * stood.
 *
 * <p>Control characters vanish, white space separates, each Chinese character and each punctuation
 * mark is a word. Words are composed (NFC), or decomposed and stripped of their accents. Source:
 * Devlin et al. 2018, the rules published with the BERT models.
 */
final class WordSplitter {
  /** Blocks of Chinese characters as BERT lists them: first and last code point by turns. */
  private static final int[] CHINESE = {
    0x3400, 0x4DBF, 0x4E00, 0x9FFF, 0xF900, 0xFAFF, 0x20000, 0x2A6DF, 0x2A700, 0x2B73F, 0x2B740,
    0x2B81F, 0x2B820, 0x2CEAF, 0x2F800, 0x2FA1F
  };

  private final NormalizerOptions options;

  WordSplitter(NormalizerOptions options) {
    this.options = options;
  }

  /** The words of {@code text} between two UTF-16 indices; no word is empty. */
  List<List<NormalizedCodePoint>> split(String text, int from, int to) {
    var words = new ArrayList<List<NormalizedCodePoint>>();
    var run = new ArrayList<NormalizedCodePoint>();
    int end;
    for (int start = from; start < to; start = end) {
      int codePoint = text.codePointAt(start);
      end = start + Character.charCount(codePoint);
      boolean alone = options.splitChinese() && isChinese(codePoint);
      if (alone || isWhiteSpace(codePoint)) {
        finish(run, words);
      }
      if (!isWhiteSpace(codePoint) && !isDropped(codePoint)) {
        add(codePoint, start, end, run);
      }
      if (alone) {
        finish(run, words);
      }
    }
    finish(run, words);
    return words;
  }

  private void add(int codePoint, int start, int end, List<NormalizedCodePoint> run) {
    if (!options.lowerCase()) {
      run.add(new NormalizedCodePoint(codePoint, start, end));
      return;
    }
    // One code point at a time: a Greek sigma at a word's end must not become the final sigma.
    Character.toString(codePoint)
        .toLowerCase(Locale.ROOT)
        .codePoints()
        .forEach(lower -> run.add(new NormalizedCodePoint(lower, start, end)));
  }

  private void finish(List<NormalizedCodePoint> run, List<List<NormalizedCodePoint>> words) {
    if (run.isEmpty()) {
      return;
    }
    var letters = List.copyOf(run);
    run.clear();
    splitPunctuation(
        options.stripAccents()
            ? withoutAccents(normalise(letters, Normalizer.Form.NFD))
            : normalise(letters, Normalizer.Form.NFC),
        words);
  }

  private static void splitPunctuation(
      List<NormalizedCodePoint> letters, List<List<NormalizedCodePoint>> words) {
    int begin = 0;
    for (int i = 0; i <= letters.size(); i++) {
      boolean mark = i < letters.size() && isPunctuation(letters.get(i).codePoint());
      if (!mark && i < letters.size()) {
        continue;
      }
      if (begin < i) {
        words.add(letters.subList(begin, i));
      }
      if (mark) {
        words.add(letters.subList(i, i + 1));
      }
      begin = i + 1;
    }
  }

  /** Drops non-spacing marks; the letter before one keeps its place, so "é" is never cut apart. */
  private static List<NormalizedCodePoint> withoutAccents(List<NormalizedCodePoint> letters) {
    var kept = new ArrayList<NormalizedCodePoint>(letters.size());
    for (var letter : letters) {
      if (Character.getType(letter.codePoint()) != Character.NON_SPACING_MARK) {
        kept.add(letter);
      } else if (!kept.isEmpty()) {
        var base = kept.removeLast();
        kept.add(
            new NormalizedCodePoint(
                base.codePoint(), base.start(), Math.max(base.end(), letter.end())));
      }
    }
    return kept;
  }

  /*
   * Unicode normalisation permutes, joins and splits code points, but it never swaps two equal
   * ones: canonical ordering is a stable sort, and composition passes over different marks only.
   * So the n-th occurrence of a decomposed code point in the result is the n-th one in the source,
   * and each result letter covers the places of the parts it decomposes into.
   */
  private static List<NormalizedCodePoint> normalise(
      List<NormalizedCodePoint> letters, Normalizer.Form form) {
    var source = new StringBuilder();
    letters.forEach(letter -> source.appendCodePoint(letter.codePoint()));
    if (Normalizer.isNormalized(source, form)) {
      return letters;
    }
    Map<Integer, Deque<NormalizedCodePoint>> origins = new HashMap<>();
    for (var letter : letters) {
      for (int part : parts(letter.codePoint())) {
        origins.computeIfAbsent(part, _ -> new ArrayDeque<>()).add(letter);
      }
    }
    var result = new ArrayList<NormalizedCodePoint>();
    for (int codePoint : Normalizer.normalize(source, form).codePoints().toArray()) {
      int start = Integer.MAX_VALUE;
      int end = 0;
      for (int part : parts(codePoint)) {
        var origin = origins.get(part).remove();
        start = Math.min(start, origin.start());
        end = Math.max(end, origin.end());
      }
      result.add(new NormalizedCodePoint(codePoint, start, end));
    }
    return result;
  }

  private static int[] parts(int codePoint) {
    return Normalizer.normalize(Character.toString(codePoint), Normalizer.Form.NFD)
        .codePoints()
        .toArray();
  }

  private static boolean isWhiteSpace(int codePoint) {
    return switch (codePoint) {
      case ' ', '\t', '\n', '\r' -> true;
      default -> Character.isSpaceChar(codePoint);
    };
  }

  private static boolean isDropped(int codePoint) {
    return codePoint == 0xFFFD
        || switch (Character.getType(codePoint)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SURROGATE,
              Character.PRIVATE_USE,
              Character.UNASSIGNED ->
              true;
          default -> false;
        };
  }

  private static boolean isChinese(int codePoint) {
    for (int i = 0; i < CHINESE.length; i += 2) {
      if (codePoint >= CHINESE[i] && codePoint <= CHINESE[i + 1]) {
        return true;
      }
    }
    return false;
  }

  /** BERT counts every ASCII symbol as punctuation, also those Unicode calls currency or maths. */
  private static boolean isPunctuation(int codePoint) {
    if (codePoint < 128) {
      return codePoint > ' ' && codePoint < 127 && !Character.isLetterOrDigit(codePoint);
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }
}
