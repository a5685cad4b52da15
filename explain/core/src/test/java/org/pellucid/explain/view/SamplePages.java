package org.pellucid.explain.view;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.pellucid.explain.attention.AttentionMaps;
import org.pellucid.explain.embedding.Distances;
import org.pellucid.explain.embedding.LayerEmbeddings;
import org.pellucid.explain.text.ComparedWord;
import org.pellucid.explain.text.TokenRole;
import org.pellucid.explain.text.WordComparison;
import org.pellucid.explain.text.WordDistances;
import org.pellucid.explain.text.WordDistances.Metric;
import org.pellucid.explain.view.ReportPage.Card;
import org.pellucid.explain.view.ReportPage.Figure;
import org.pellucid.explain.view.ReportPage.ImageEntry;
import org.pellucid.explain.view.ReportPage.Row;

/** Pages of made-up numbers, for tests and for looking at. */
final class SamplePages {
  static final List<String> TOKENS =
      List.of(
          "[CLS]",
          "the",
          "doctor",
          "asked",
          "the",
          "nurse",
          "a",
          "question",
          "[SEP]",
          "she",
          "answered",
          "un",
          "##hesitating",
          "##ly",
          "that",
          "[MASK]",
          "would",
          "help",
          ".",
          "[SEP]");
  private static final int FIRST_TEXT = 9;
  private static final int MASKED = 15;
  private static final int WIDTH = 8;

  private SamplePages() {}

  /** Writes all four pages into {@code args[0]}, the report with {@code args[1]} images. */
  public static void main(String[] args) {
    var directory = Path.of(args[0]);
    Pages.write(attention(), directory.resolve("attention.html"));
    Pages.write(embedding(), directory.resolve("embedding.html"));
    Pages.write(distances(), directory.resolve("distances.html"));
    report(directory, args.length > 1 ? Integer.parseInt(args[1]) : 6);
  }

  static AttentionPage attention() {
    var masked = variant("masked", TOKENS, 12, 12, 1);
    return attention("Attention", masked, plain());
  }

  static AttentionPage attention(String title, AttentionPage.Variant... variants) {
    return new AttentionPage(
        title, "sample", "The text.", "Its pair.", List.of("A", "B"), List.of(variants));
  }

  private static AttentionPage.Variant plain() {
    var tokens = new ArrayList<>(TOKENS);
    tokens.set(MASKED, "she");
    return variant("unmasked", tokens, 12, 12, 2);
  }

  /** Random attention whose rows sum to 1. */
  static AttentionMaps maps(int size, int layers, int heads, long seed) {
    var random = new Random(seed);
    var attention = new float[layers * heads * size * size];
    for (var row = 0; row < attention.length; row += size) {
      var sum = 0.0;
      for (var key = 0; key < size; key++) {
        attention[row + key] = (float) Math.exp(2 * random.nextGaussian());
        sum += attention[row + key];
      }
      for (var key = 0; key < size; key++) {
        attention[row + key] /= (float) sum;
      }
    }
    return new AttentionMaps(layers, heads, size, attention);
  }

  static AttentionPage.Variant variant(
      String name, List<String> tokens, int layers, int heads, long seed) {
    var size = tokens.size();
    var segments = IntStream.range(0, size).map(i -> i < FIRST_TEXT ? 0 : 1).toArray();
    var candidates = new ArrayList<List<AttentionPage.Candidate>>();
    for (var token : tokens) {
      candidates.add(
          List.of(
              new AttentionPage.Candidate(token.equals("[MASK]") ? "he" : token, 0.71),
              new AttentionPage.Candidate("she", 0.2),
              new AttentionPage.Candidate("it", 0.004)));
    }
    var masked = IntStream.range(0, size).filter(i -> tokens.get(i).equals("[MASK]")).boxed();
    return AttentionPage.Variant.of(
        name, tokens, segments, maps(size, layers, heads, seed), masked.toList(), candidates);
  }

  static EmbeddingPage embedding() {
    return new EmbeddingPage(
        "Embeddings", "sample", List.of(tab("First", 13, 60, 3), tab("Second", 13, 25, 4)));
  }

  private static EmbeddingPage.Tab tab(String name, int layers, int size, long seed) {
    var random = new Random(seed);
    var tokens = new ArrayList<String>();
    var roles = new ArrayList<TokenRole>();
    for (var i = 0; i < size; i++) {
      tokens.add(i == 0 ? "[CLS]" : i == 12 || i == size - 1 ? "[SEP]" : "word" + i);
      roles.add(
          tokens.get(i).startsWith("[")
              ? TokenRole.SPECIAL
              : i < 12
                  ? TokenRole.QUESTION
                  : i == 20 || i == 21 ? TokenRole.ANSWER : TokenRole.CONTEXT);
    }
    var hidden = new ArrayList<float[]>();
    for (var layer = 0; layer < layers; layer++) {
      var vectors = new float[size * WIDTH];
      for (var i = 0; i < vectors.length; i++) {
        var pull = i % WIDTH == roles.get(i / WIDTH).ordinal() ? layer * 0.4 : 0;
        vectors[i] = (float) (random.nextGaussian() + pull);
      }
      hidden.add(vectors);
    }
    return tab(name, tokens, roles, hidden);
  }

  static EmbeddingPage.Tab tab(
      String name, List<String> tokens, List<TokenRole> roles, List<float[]> hidden) {
    var layers = hidden.size();
    var found = LayerEmbeddings.of(hidden, tokens.size(), (_, _) -> new double[0], 0);
    var projections = new LinkedHashMap<String, EmbeddingPage.Places>();
    found
        .projections()
        .forEach(
            (method, places) ->
                projections.put(
                    method.text(), EmbeddingPage.Places.of(places, method.dimensions())));
    var values = IntStream.range(0, layers).mapToDouble(layer -> Math.sin(layer / 2.0)).toArray();
    return new EmbeddingPage.Tab(
        name,
        "What is asked?",
        "This is the context",
        "This is",
        tokens,
        roles,
        layers,
        projections,
        EmbeddingPage.Neighbours.of(found.cosine()),
        EmbeddingPage.Neighbours.of(found.euclidean()),
        EmbeddingPage.flat(found.toFirst()),
        EmbeddingPage.flat(found.toBefore()),
        List.of(
            new EmbeddingPage.Measure("same-words", values, 3, 2, 4),
            new EmbeddingPage.Measure("silhouette-context", values, 3, 2, 4)));
  }

  static DistancePage distances() {
    return DistancePage.of("sample", comparison(Optional.empty()), Metric.EUCLIDEAN);
  }

  /** A comparison of five sentences; a sixth line can't be compared. */
  static WordComparison comparison(Optional<List<String>> labels) {
    var sentences =
        List.of(
            "He sat on the bank of the river.",
            "She went to the bank for a loan.",
            "The bank raised its rates.",
            "Flowers grow on the left bank.",
            "A blood bank saves lives.");
    var random = new Random(5);
    var size = sentences.size();
    var euclidean = new double[13][][];
    var cosine = new double[13][][];
    var dot = new double[13][][];
    for (var layer = 0; layer < 13; layer++) {
      var vectors = new float[size * WIDTH];
      for (var i = 0; i < vectors.length; i++) {
        vectors[i] = (float) (random.nextGaussian() + 0.5);
      }
      euclidean[layer] = Distances.euclidean(vectors, size);
      cosine[layer] = Distances.cosineSimilarity(vectors, size);
      dot[layer] = Distances.products(vectors, size);
    }
    var spans =
        sentences.stream()
            .map(text -> new ComparedWord.Span(text.indexOf("bank"), text.indexOf("bank") + 4))
            .toList();
    var rows = IntStream.range(0, size).boxed().toList();
    var failures = List.of(new WordDistances.Failure(6, "The sentence “<b>” is <script>."));
    var distances =
        new WordDistances(
            "bank", sentences, euclidean, cosine, dot, rows, spans, failures, Optional.empty());
    return WordComparison.of(distances, labels, 9);
  }

  private static final List<String> CLASSES = List.of("Bread", "Egg", "Soup");

  /** A report of some images, of which every seventh lacks a method and every tenth failed. */
  static void report(Path directory, int images) {
    var random = new Random(6);
    var rows =
        List.of(
            row(ReportPage.IMAGE, "The images", Map.of()),
            row("saliency", "Saliency", Map.of("of", "score")),
            row("integrated-gradients", "Integrated gradients", Map.of("steps", "50")));
    var page = new ReportPage("Report", "Made-up images", images + (images + 5) / 10, rows);
    try (var report = new ReportWriter(directory.resolve("index.html"), page)) {
      for (var i = 0; i < images; i++) {
        var figures = new HashMap<String, Figure>();
        for (var row : rows) {
          if (i % 7 != 1 || !row.name().equals("saliency")) {
            figures.put(row.name(), figure(directory, "%s-%d".formatted(row.name(), i), random));
          }
        }
        var known = CLASSES.get(i % 3);
        var predicted = i % 5 == 2 ? CLASSES.get((i + 1) % 3) : known;
        var name = "image-%d.jpg".formatted(i);
        var thumbnails = "images/thumbnails-%d.png".formatted(i);
        report.add(
            new ImageEntry(name, "", thumbnails, known, predicted, random.nextDouble(), figures));
        if (i % 10 == 4) {
          report.fail("broken-%d.jpg".formatted(i), "The file ends in the middle of the image.");
        }
      }
      var cards =
          List.of(
              new Card("Attention", "Where each word looks.", "attention.html"),
              new Card("Embeddings", "Words in the plane.", "embedding.html"),
              new Card("Distances", "One word in several sentences.", "distances.html"));
      report.finish("%d made-up images".formatted(images), cards, "Made by Pellucid");
    }
  }

  private static Row row(String name, String title, Map<String, String> parameters) {
    return new Row(name, title, "What the row shows, in a sentence.", parameters);
  }

  private static Figure figure(Path directory, String name, Random random) {
    var side = 64;
    var values = new float[side * side];
    var x = random.nextInt(side);
    var y = random.nextInt(side);
    for (var i = 0; i < values.length; i++) {
      var distance = Math.hypot(i % side - x, i / side - y);
      values[i] = (float) (Math.exp(-distance / 9) * Math.cos(distance / 4));
    }
    var file = "images/%s.png".formatted(name);
    var range = Normalisation.symmetric(values);
    Pages.write(
        Images.map(values, side, side, 3, range, ColourMap.DIVERGING), directory.resolve(file));
    return new Figure(
        file, "images/%s.npy".formatted(name), "own scale", range.high(), Map.of("delta", 0.25));
  }
}
