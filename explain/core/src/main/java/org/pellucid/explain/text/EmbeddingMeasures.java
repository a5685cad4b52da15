package org.pellucid.explain.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pellucid.explain.embedding.LayerEmbeddings;
import org.pellucid.explain.embedding.Silhouette;
import org.pellucid.explain.text.EmbeddingMeasure.Kind;
import org.pellucid.models.bert.Tokens;

/** The measures of one question with its context, from each layer's distances. */
final class EmbeddingMeasures implements LayerEmbeddings.Measure {
  /** Words at most so many places apart are near each other. */
  private static final int NEAR = 3;

  /** Shorter words of an alphabet are too common to relate a question to a place. */
  private static final int LONG = 3;

  private final List<TokenRole> roles;
  private final List<String> words;
  private final int[] places;
  private final Set<String> asked;
  private final boolean[] related;

  EmbeddingMeasures(Tokens tokens, List<TokenRole> roles) {
    this.roles = roles;
    places =
        IntStream.range(0, roles.size()).filter(i -> roles.get(i) != TokenRole.SPECIAL).toArray();
    words = tokens.pieces().stream().map(EmbeddingMeasures::word).toList();
    asked =
        IntStream.of(places)
            .filter(i -> roles.get(i) == TokenRole.QUESTION)
            .mapToObj(words::get)
            .collect(Collectors.toUnmodifiableSet());
    related = related();
  }

  /** A piece in lower case; empty for punctuation. */
  private static String word(String piece) {
    var bare = piece.startsWith("##") ? piece.substring(2) : piece;
    return !bare.isEmpty() && Character.isLetterOrDigit(bare.codePointAt(0))
        ? piece.toLowerCase(Locale.ROOT)
        : "";
  }

  @Override
  public double[] of(double[][] euclidean, double[][] cosine) {
    var unit = 1 / deviation(cosine);
    var silhouettes = silhouettes(euclidean);
    return Arrays.stream(Kind.values())
        .mapToDouble(
            kind ->
                switch (kind) {
                  case SAME_WORDS ->
                      unit * (mean(cosine, this::isSame) - mean(cosine, (_, _) -> true));
                  case NEAR_WORDS ->
                      unit
                          * (mean(cosine, (i, j) -> isDifferent(i, j) && isNear(i, j))
                              - mean(cosine, (i, j) -> isDifferent(i, j) && !isNear(i, j)));
                  case QUESTION_MATCH ->
                      unit
                          * (mean(cosine, (i, j) -> isMatch(i, j) && related[j])
                              - mean(cosine, (i, j) -> isMatch(i, j) && !related[j]));
                  case ANSWER_APART ->
                      mean(euclidean, (i, j) -> isAnswer(i) && !isAnswer(j))
                          / mean(euclidean, (i, j) -> !isAnswer(i) && !isAnswer(j));
                  case SILHOUETTE_QUESTION -> silhouettes[TokenRole.QUESTION.ordinal()];
                  case SILHOUETTE_CONTEXT -> silhouettes[TokenRole.CONTEXT.ordinal()];
                  case SILHOUETTE_ANSWER -> silhouettes[TokenRole.ANSWER.ordinal()];
                })
        .toArray();
  }

  /** The measures over the layers, without those that this text gives no pairs for. */
  static List<EmbeddingMeasure> collected(List<double[]> layers) {
    var measures = new ArrayList<EmbeddingMeasure>();
    for (var kind : Kind.values()) {
      var values = layers.stream().mapToDouble(layer -> layer[kind.ordinal()]).toArray();
      if (Arrays.stream(values).allMatch(Double::isFinite)) {
        measures.add(EmbeddingMeasure.of(kind, values));
      }
    }
    return measures;
  }

  private boolean isAnswer(int i) {
    return roles.get(i) == TokenRole.ANSWER;
  }

  private boolean isSame(int i, int j) {
    return !words.get(i).isEmpty() && words.get(i).equals(words.get(j));
  }

  /** Different words of the same text, question or context. */
  private boolean isDifferent(int i, int j) {
    return !words.get(i).isEmpty()
        && !words.get(j).isEmpty()
        && !words.get(i).equals(words.get(j))
        && (roles.get(i) == TokenRole.QUESTION) == (roles.get(j) == TokenRole.QUESTION);
  }

  private static boolean isNear(int i, int j) {
    return Math.abs(i - j) <= NEAR;
  }

  /** A word of the question with a word of the context that the question doesn't have. */
  private boolean isMatch(int i, int j) {
    return roles.get(i) == TokenRole.QUESTION
        && roles.get(j) != TokenRole.QUESTION
        && !words.get(i).isEmpty()
        && !words.get(j).isEmpty()
        && !asked.contains(words.get(j));
  }

  /** Which tokens of the context are near a word that the question has too. */
  private boolean[] related() {
    var result = new boolean[roles.size()];
    for (var i : places) {
      if (roles.get(i) != TokenRole.QUESTION
          && tells(words.get(i))
          && asked.contains(words.get(i))) {
        var to = Math.min(result.length, i + NEAR + 1);
        Arrays.fill(result, Math.max(0, i - NEAR), to, true);
      }
    }
    return result;
  }

  private static boolean tells(String word) {
    return word.length() >= LONG || word.codePoints().anyMatch(Character::isIdeographic);
  }

  private interface Pairs {
    boolean include(int i, int j);
  }

  /** The mean over the included pairs of different tokens; NaN if there is none. */
  private double mean(double[][] table, Pairs pairs) {
    var sum = 0.0;
    var count = 0L;
    for (var i : places) {
      for (var j : places) {
        if (i != j && pairs.include(i, j)) {
          sum += table[i][j];
          count++;
        }
      }
    }
    return sum / count;
  }

  private double deviation(double[][] table) {
    var mean = mean(table, (_, _) -> true);
    var sum = 0.0;
    for (var i : places) {
      for (var j : places) {
        sum += i == j ? 0 : (table[i][j] - mean) * (table[i][j] - mean);
      }
    }
    return Math.sqrt(sum / places.length / (places.length - 1));
  }

  /** The mean silhouette of each role; NaN for a role that fewer than two tokens play. */
  private double[] silhouettes(double[][] euclidean) {
    var table = new double[places.length][places.length];
    var groups = new int[places.length];
    for (var i = 0; i < places.length; i++) {
      groups[i] = roles.get(places[i]).ordinal();
      for (var j = 0; j < places.length; j++) {
        table[i][j] = euclidean[places[i]][places[j]];
      }
    }
    var each = Silhouette.of(table, groups);
    var sums = new double[TokenRole.values().length];
    var counts = new int[sums.length];
    for (var i = 0; i < each.length; i++) {
      sums[groups[i]] += each[i];
      counts[groups[i]]++;
    }
    for (var role = 0; role < sums.length; role++) {
      sums[role] = counts[role] < 2 ? Double.NaN : sums[role] / counts[role];
    }
    return sums;
  }
}
