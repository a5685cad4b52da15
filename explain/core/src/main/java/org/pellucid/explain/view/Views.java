package org.pellucid.explain.view;

import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.List;
import java.util.Map;

/** What the pages show, as plain data. */
public final class Views {
  private Views() {}

  /**
   * One image in a grid.
   *
   * @param image the PNG file, relative to the page
   * @param caption under the image
   * @param numbers what the dialog lists, by name
   * @param data a file with the numbers, relative to the page; empty if there is none
   */
  public record Figure(String image, String caption, Map<String, String> numbers, String data) {}

  /** One row of a grid: a method, explained in a sentence, with a figure for each column. */
  public record Row(
      String title, String explanation, Map<String, String> parameters, List<Figure> figures) {}

  /** A link to another page of the report. */
  public record Card(String title, String explanation, String page) {}

  /** The overview of a report. */
  public record Report(
      String title,
      String subtitle,
      List<String> columns,
      List<Row> rows,
      List<Card> cards,
      String footer) {}

  /** A token that a masked-language model expects at a place. */
  public record Candidate(String token, double probability) {}

  /**
   * One input of the attention page.
   *
   * @param segments 0 in the first text, 1 in the second, for each token
   * @param attention {@code [layers, heads, query, key]}, probabilities
   * @param masked positions that the model doesn't see
   * @param predictions the likeliest tokens at each position; empty if the model has no head
   * @throws IllegalArgumentException if a part doesn't fit the number of tokens, or an attention is
   *     not a number
   */
  public record AttentionVariant(
      String name,
      List<String> tokens,
      int[] segments,
      int layers,
      int heads,
      @JsonSerialize(using = UnsignedShorts.class) float[] attention,
      List<Integer> masked,
      List<List<Candidate>> predictions) {
    /** Checks that the parts fit each other. */
    public AttentionVariant {
      var size = tokens.size();
      fit(layers > 0 && heads > 0, "layers or heads");
      fit(segments.length == size, "segments");
      fit(attention.length == (long) layers * heads * size * size, "attention");
      fit(masked.stream().allMatch(position -> position >= 0 && position < size), "masked");
      fit(predictions.isEmpty() || predictions.size() == size, "predictions");
      for (var value : attention) {
        fit(!Float.isNaN(value), "attention (it holds what is not a number)");
      }
    }
  }

  /** The attention page: one text, perhaps with words masked in several ways. */
  public record Attention(String title, String model, List<AttentionVariant> variants) {}

  /** What part a token plays in a question with its context. */
  public enum Role {
    /** {@code [CLS]} or {@code [SEP]}. */
    SPECIAL,
    /** Of the question. */
    QUESTION,
    /** Of the context. */
    CONTEXT,
    /** Of the answer within the context. */
    ANSWER
  }

  /**
   * One question's tokens in the plane, layer by layer.
   *
   * @param scores {@code [layers, tokens, 2]}
   * @param explained the two components' shares of the variance, for each layer
   * @throws IllegalArgumentException if a part doesn't fit the number of tokens or layers
   */
  public record EmbeddingTab(
      String name,
      String question,
      String answer,
      List<String> tokens,
      List<Role> roles,
      float[][][] scores,
      double[][] explained) {
    /** Checks that the parts fit each other. */
    public EmbeddingTab {
      fit(roles.size() == tokens.size(), "roles");
      fit(scores.length > 0 && scores.length == explained.length, "explained");
      for (var layer : scores) {
        fit(layer.length == tokens.size(), "scores");
      }
    }
  }

  /** The embedding page. */
  public record Embedding(String title, String model, List<EmbeddingTab> tabs) {}

  /**
   * The distance page.
   *
   * @param word the word compared
   * @param euclidean {@code [layer][sentence][sentence]}
   * @param cosine the same for the cosine
   * @throws IllegalArgumentException if a part doesn't fit the number of sentences or layers
   */
  public record Distances(
      String title,
      String model,
      String word,
      List<String> sentences,
      int layer,
      String metric,
      double[][][] euclidean,
      double[][][] cosine) {
    /** Checks that the parts fit each other. */
    public Distances {
      fit(euclidean.length == cosine.length, "cosine");
      fit(layer >= 0 && layer < euclidean.length, "layer");
      for (var i = 0; i < euclidean.length; i++) {
        fit(euclidean[i].length == sentences.size(), "euclidean");
        fit(cosine[i].length == sentences.size(), "cosine");
      }
    }
  }

  private static void fit(boolean fits, String part) {
    if (!fits) {
      throw new IllegalArgumentException(
          "The page's part \"%s\" doesn't fit its other parts.".formatted(part));
    }
  }
}
