package org.pellucid.models.bert;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds special and added tokens in a text before it is split into words; the longest wins where
 * several begin.
 */
final class WholeTokens {
  private static final String NOT_BEHIND_A_WORD = "(?<![\\p{L}\\p{N}_])";
  private static final String NOT_BEFORE_A_WORD = "(?![\\p{L}\\p{N}_])";

  /** A token where it stands in a text, in UTF-16 indices. */
  record Found(String piece, int start, int end) {}

  private final Map<String, String> pieces = new HashMap<>();
  private final Map<String, String> lowerCased = new HashMap<>();
  private final Pattern pattern;

  /**
   * The special tokens of a vocabulary and others.
   *
   * @param lowersCase whether text becomes lower case, so that capitals don't matter in normalised
   *     tokens
   */
  WholeTokens(Vocabulary vocabulary, List<AddedToken> added, boolean lowersCase) {
    var all = new ArrayList<AddedToken>();
    for (var special : vocabulary.specials().all()) {
      all.add(new AddedToken(special, vocabulary.id(special).orElseThrow(), false, false));
    }
    var specials = vocabulary.specials().all();
    added.stream().filter(token -> !specials.contains(token.content())).forEach(all::add);
    for (var token : all) {
      pieces.put(token.content(), token.content());
      if (lowersCase && token.isNormalised()) {
        lowerCased.put(token.content().toLowerCase(Locale.ROOT), token.content());
      }
    }
    pattern =
        Pattern.compile(
            all.stream()
                .sorted(Comparator.comparingInt(token -> -token.content().length()))
                .map(token -> expression(token, lowersCase && token.isNormalised()))
                .collect(Collectors.joining("|")));
  }

  private static String expression(AddedToken token, boolean ignoresCase) {
    var quoted = Pattern.quote(token.content());
    var spelling = ignoresCase ? "(?iu:" + quoted + ")" : quoted;
    return token.isWord() ? NOT_BEHIND_A_WORD + spelling + NOT_BEFORE_A_WORD : spelling;
  }

  /** The tokens in a text, from left to right. */
  List<Found> in(String text) {
    var found = new ArrayList<Found>();
    var matcher = pattern.matcher(text);
    while (matcher.find()) {
      var written = matcher.group();
      var piece =
          pieces.getOrDefault(
              written, lowerCased.getOrDefault(written.toLowerCase(Locale.ROOT), written));
      found.add(new Found(piece, matcher.start(), matcher.end()));
    }
    return found;
  }
}
