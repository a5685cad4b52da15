package org.pellucid.explain.attention;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * What one head does on a text, in a few numbers by which heads are sorted (after Clark et al.,
 * 2019, <i>What does BERT look at?</i>). All are means over the text's words, so over the rows of
 * all tokens but {@code [CLS]}, {@code [SEP]} and {@code [PAD]}; if there is no word, over all
 * rows.
 *
 * @param layer from 0
 * @param head from 0
 * @param entropy of a row in nats, 0 (all on one token) to ln tokens (the same on each)
 * @param distance to the tokens attended to, in tokens, weighted
 * @param previous the share on the token before, 0..1
 * @param next the share on the token after, 0..1
 * @param same the share on the token itself and on others of its spelling, 0..1
 * @param separator the share on {@code [SEP]}, 0..1
 * @param classification the share on {@code [CLS]}, 0..1
 * @param fullStop the share on full stops, 0..1
 */
public record HeadFigures(
    int layer,
    int head,
    double entropy,
    double distance,
    double previous,
    double next,
    double same,
    double separator,
    double classification,
    double fullStop) {

  /**
   * The figures of every head, layer by layer.
   *
   * @param pieces the tokens as the vocabulary spells them, {@code [tokens]}
   * @throws IllegalArgumentException if there are more or fewer tokens than in the maps
   */
  public static List<HeadFigures> of(AttentionMaps maps, List<String> pieces) {
    check(
        pieces.size() == maps.tokens(),
        "There are %d tokens, but the attention is of %d",
        pieces.size(),
        maps.tokens());
    var kinds = new TokenKinds(pieces);
    var all = new ArrayList<HeadFigures>();
    for (var layer = 0; layer < maps.layers(); layer++) {
      for (var head = 0; head < maps.heads(); head++) {
        all.add(new Sums(maps, kinds, layer, head).figures());
      }
    }
    return List.copyOf(all);
  }

  /**
   * The mean weight of some links in every head, {@code [layers][heads]}, such as that from a
   * pronoun to its noun: the largest is the head that links them.
   *
   * @throws IllegalArgumentException if there is no link, or one lies outside the text
   */
  public static double[][] linking(AttentionMaps maps, Collection<TokenPair> links) {
    check(!links.isEmpty(), "There is no link to look for; give at least one");
    for (var link : links) {
      check(
          Math.min(link.query(), link.key()) >= 0
              && Math.max(link.query(), link.key()) < maps.tokens(),
          "The link from %d to %d lies outside the text's tokens 0..%d",
          link.query(),
          link.key(),
          maps.tokens() - 1);
    }
    var result = new double[maps.layers()][maps.heads()];
    for (var layer = 0; layer < maps.layers(); layer++) {
      for (var head = 0; head < maps.heads(); head++) {
        for (var link : links) {
          result[layer][head] += maps.at(layer, head, link.query(), link.key()) / links.size();
        }
      }
    }
    return result;
  }

  /**
   * How much every head's attention differs in two forms of a text, {@code [layers][heads]}: the
   * mean over all rows of half the sum of absolute differences (total variation), 0..1.
   *
   * @param difference of two maps of attention, see {@link AttentionMaps#minus}
   */
  public static double[][] change(AttentionMaps difference) {
    var result = new double[difference.layers()][difference.heads()];
    var size = difference.tokens() * difference.tokens();
    for (var layer = 0; layer < difference.layers(); layer++) {
      for (var head = 0; head < difference.heads(); head++) {
        var from = difference.row(layer, head, 0);
        for (var i = 0; i < size; i++) {
          result[layer][head] += Math.abs(difference.values()[from + i]);
        }
        result[layer][head] /= 2.0 * difference.tokens();
      }
    }
    return result;
  }

  /**
   * A head that is easy to understand: of all heads the one with the largest share on neighbours.
   */
  public static HeadFigures clearest(List<HeadFigures> figures) {
    return figures.stream()
        .max(Comparator.comparingDouble(one -> Math.max(one.previous, one.next)))
        .orElseThrow(() -> new IllegalArgumentException("There is no head to choose from."));
  }

  /** Sums over the rows of one head's words. */
  private static final class Sums {
    private final int layer;
    private final int head;
    private final int rows;
    private double entropy;
    private double distance;
    private double previous;
    private double next;
    private double same;
    private double separator;
    private double classification;
    private double fullStop;

    Sums(AttentionMaps maps, TokenKinds kinds, int layer, int head) {
      this.layer = layer;
      this.head = head;
      var words = kinds.words();
      rows = words.length;
      for (var query : words) {
        var row = maps.row(layer, head, query);
        for (var key = 0; key < maps.tokens(); key++) {
          add(kinds, query, key, maps.values()[row + key]);
        }
      }
    }

    private void add(TokenKinds kinds, int query, int key, double weight) {
      entropy -= weight > 0 ? weight * Math.log(weight) : 0;
      distance += weight * Math.abs(query - key);
      previous += key == query - 1 ? weight : 0;
      next += key == query + 1 ? weight : 0;
      same += kinds.isSame(query, key) ? weight : 0;
      separator += kinds.isSeparator(key) ? weight : 0;
      classification += kinds.isClassification(key) ? weight : 0;
      fullStop += kinds.isFullStop(key) ? weight : 0;
    }

    HeadFigures figures() {
      return new HeadFigures(
          layer,
          head,
          entropy / rows,
          distance / rows,
          previous / rows,
          next / rows,
          same / rows,
          separator / rows,
          classification / rows,
          fullStop / rows);
    }
  }
}
