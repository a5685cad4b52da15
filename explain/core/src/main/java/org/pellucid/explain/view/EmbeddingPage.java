package org.pellucid.explain.view;

import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.explain.embedding.NearestNeighbours;
import org.pellucid.explain.embedding.Projection;
import org.pellucid.explain.text.EmbeddingMeasure;
import org.pellucid.explain.text.TextEmbedding;
import org.pellucid.explain.text.TokenRole;

/**
 * Tokens of questions with their contexts, layer by layer: in the plane by several methods, with
 * their neighbours, their drift, and measures of the layers.
 *
 * @param model the model's name
 */
public record EmbeddingPage(String title, String model, List<Tab> tabs) implements Page {
  private static final String TITLE = "Embeddings, layer by layer";

  /** Copies the list. */
  public EmbeddingPage {
    tabs = List.copyOf(tabs);
  }

  /**
   * The page of some questions.
   *
   * @param model the model's name
   */
  public static EmbeddingPage of(String model, List<TextEmbedding> questions) {
    var tabs = new LinkedHashMap<String, Tab>();
    for (var text : questions) {
      var name = "Question " + (tabs.size() + 1);
      tabs.put(name, Tab.of(name, text));
    }
    return new EmbeddingPage(TITLE, model, List.copyOf(tabs.values()));
  }

  @Override
  public List<String> scripts() {
    return List.of("embedding.js");
  }

  @Override
  public List<String> styles() {
    return List.of("embedding.css");
  }

  /**
   * One method's places.
   *
   * @param dimensions 2 or 3
   * @param places {@code [layers, tokens, dimensions]}
   * @param explained shares of the variance {@code [layers][dimensions]}; empty if there are none
   */
  public record Places(
      int dimensions,
      @JsonSerialize(using = LittleEndian.Floats.class) float[] places,
      double[][] explained) {
    static Places of(Projection projection, int dimensions) {
      var all =
          Arrays.stream(projection.places())
              .flatMap(Arrays::stream)
              .flatMapToDouble(row -> Arrays.stream(row, 0, dimensions));
      return new Places(dimensions, floats(all.toArray()), projection.explained());
    }
  }

  /**
   * The nearest tokens of each token by one distance.
   *
   * @param positions {@code [layers, tokens, each]}, the nearest first
   * @param distances of the same shape, in the space of all hidden components
   */
  public record Neighbours(
      int each,
      @JsonSerialize(using = LittleEndian.Shorts.class) int[] positions,
      @JsonSerialize(using = LittleEndian.Floats.class) float[] distances) {
    static Neighbours of(List<NearestNeighbours> layers) {
      var positions =
          layers.stream()
              .flatMap(layer -> Arrays.stream(layer.indices()))
              .flatMapToInt(Arrays::stream);
      var distances =
          layers.stream()
              .flatMap(layer -> Arrays.stream(layer.distances()))
              .flatMapToDouble(Arrays::stream);
      return new Neighbours(
          layers.getFirst().indices()[0].length, positions.toArray(), floats(distances.toArray()));
    }
  }

  /** A measure of the layers, and where it is largest. */
  public record Measure(String name, double[] values, int strongest, int from, int to) {
    static Measure of(EmbeddingMeasure found) {
      return new Measure(
          found.kind().text(), found.values(), found.strongest(), found.from(), found.to());
    }
  }

  /**
   * One question.
   *
   * @param layers their number with the embeddings
   * @param projections by the methods' names, such as {@code pca}
   * @param toFirst each token's cosine with itself at layer 0, {@code [layers, tokens]}
   * @param toBefore each token's cosine with itself a layer before, of the same shape
   */
  public record Tab(
      String name,
      String question,
      String context,
      String answer,
      List<String> tokens,
      List<TokenRole> roles,
      int layers,
      Map<String, Places> projections,
      Neighbours cosine,
      Neighbours euclidean,
      @JsonSerialize(using = LittleEndian.Floats.class) float[] toFirst,
      @JsonSerialize(using = LittleEndian.Floats.class) float[] toBefore,
      List<Measure> measures) {
    /**
     * Checks that the parts fit each other.
     *
     * @throws IllegalArgumentException if a part doesn't fit the number of tokens or layers
     */
    public Tab {
      var size = layers * tokens.size();
      PageParts.check(roles.size() == tokens.size(), "roles");
      projections.forEach(
          (method, found) ->
              PageParts.check(found.places().length == size * found.dimensions(), method));
      for (var neighbours : List.of(cosine, euclidean)) {
        var numbers = size * neighbours.each();
        PageParts.check(neighbours.positions().length == numbers, "positions");
        PageParts.check(neighbours.distances().length == numbers, "distances");
      }
      PageParts.check(toFirst.length == size && toBefore.length == size, "drift");
      for (var measure : measures) {
        PageParts.check(measure.values().length == layers, measure.name());
      }
    }

    /** The question as it was explained. */
    public static Tab of(String name, TextEmbedding text) {
      var projections = new LinkedHashMap<String, Places>();
      text.layers()
          .projections()
          .forEach(
              (method, found) ->
                  projections.put(method.text(), Places.of(found, method.dimensions())));
      return new Tab(
          name,
          text.question(),
          text.tokens().second().orElse(""),
          text.answer(),
          text.tokens().pieces(),
          text.roles(),
          text.layers().toFirst().length,
          projections,
          Neighbours.of(text.layers().cosine()),
          Neighbours.of(text.layers().euclidean()),
          flat(text.layers().toFirst()),
          flat(text.layers().toBefore()),
          text.measures().stream().map(Measure::of).toList());
    }
  }

  static float[] flat(double[][] rows) {
    return floats(Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray());
  }

  private static float[] floats(double... values) {
    var result = new float[values.length];
    for (var i = 0; i < result.length; i++) {
      result[i] = (float) values[i];
    }
    return result;
  }
}
