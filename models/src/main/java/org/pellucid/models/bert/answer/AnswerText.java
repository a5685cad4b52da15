package org.pellucid.models.bert.answer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Answers as they are compared: in lower case, without punctuation and English articles.
 *
 * <p>This is what SQuAD's evaluation does. Beyond it, Chinese characters and Japanese kana, which
 * are written without spaces, count as a word each, and their punctuation is dropped too.
 */
final class AnswerText {
  private static final Pattern ASCII_PUNCTUATION = Pattern.compile("\\p{Punct}");
  private static final Pattern EAST_ASIAN_PUNCTUATION =
      Pattern.compile("(?U)[\\u3000-\\u303F\\uFE30-\\uFE4F\\uFF00-\\uFF65&&[^\\p{L}\\p{N}]]");
  private static final Pattern ARTICLES = Pattern.compile("(?U)\\b(a|an|the)\\b");
  private static final Pattern SPACE = Pattern.compile("(?U)[\\s\\x1C-\\x1F]+");

  private AnswerText() {}

  /** The words of an answer in order. */
  static List<String> words(String answer) {
    var lower = answer.toLowerCase(Locale.ROOT);
    var letters = ASCII_PUNCTUATION.matcher(lower).replaceAll("");
    var plain = EAST_ASIAN_PUNCTUATION.matcher(letters).replaceAll(" ");
    var words = new ArrayList<String>();
    for (var word : SPACE.split(ARTICLES.matcher(plain).replaceAll(" "))) {
      split(word, words);
    }
    return words;
  }

  private static void split(String word, List<String> words) {
    var run = new StringBuilder();
    word.codePoints()
        .forEach(
            letter -> {
              var alone = standsAlone(letter);
              if (alone) {
                flush(run, words);
              }
              run.appendCodePoint(letter);
              if (alone) {
                flush(run, words);
              }
            });
    flush(run, words);
  }

  private static void flush(StringBuilder run, List<String> words) {
    if (!run.isEmpty()) {
      words.add(run.toString());
      run.setLength(0);
    }
  }

  private static boolean standsAlone(int letter) {
    return switch (Character.UnicodeScript.of(letter)) {
      case HAN, HIRAGANA, KATAKANA -> true;
      default -> false;
    };
  }
}
