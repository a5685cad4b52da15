package org.pellucid.explain.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.LayerOutputs;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.Tokens;
import org.pellucid.models.zoo.BertModels;

/** Indexes of small corpora by a tiny BERT, against a comparison of all vectors in plain loops. */
@Tag("numeric")
class CorpusIndexTests {
  private static final IndexProgress SILENT = (_, _, _) -> {};
  private static final List<String> WORDS =
      List.of("the", "cat", "saw", "dog", "house", "a", "mouse", "ran", "to", "my");
  private static final int BEST = 10;

  private final Engine engine = Engine.standard();
  private final BertModels.Loaded tiny = TinyBert.open(0);

  @TempDir Path directory;

  @AfterEach
  void close() {
    tiny.close();
  }

  private static Corpus corpus(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return new Corpus("text", () -> new ByteArrayInputStream(bytes), Corpus.Layout.LINES);
  }

  /** Lines of random words. */
  private static String lines(int count) {
    var random = new Random(0);
    return IntStream.range(0, count)
        .mapToObj(
            _ ->
                random
                    .ints(3 + random.nextInt(5), 0, WORDS.size())
                    .mapToObj(WORDS::get)
                    .collect(Collectors.joining(" ", "", ".\n")))
        .collect(Collectors.joining());
  }

  private CorpusIndex built(String text, IndexOptions options) throws IOException {
    var folder = directory.resolve("index");
    CorpusIndex.build(engine, tiny, corpus(text), options, folder, SILENT);
    return CorpusIndex.open(folder);
  }

  private SearchResult found(CorpusIndex index, SearchRequest request) {
    return new CorpusSearch(engine, index).search(tiny, request);
  }

  private static SearchRequest request(int layer, SearchBy by, List<Integer> heads) {
    return new SearchRequest("the dog saw a cat.", 2, List.of(2), layer, by, heads, BEST, true);
  }

  /** The sentence and position of each hit. */
  private static List<String> places(SearchResult result) {
    return result.hits().stream().map(hit -> hit.sentence() + ":" + hit.position()).toList();
  }

  /** What attention reads or a layer gives for one text at a time, without batches or padding. */
  private float[] vectors(Tokens tokens, String layer) {
    try (var tape = new Tape(engine);
        var ids = Tensor.of(tokens.ids(), 1, tokens.size());
        var segments = Tensor.of(tokens.segmentIds(), 1, tokens.size())) {
      var outputs = LayerOutputs.of(layer);
      var embeddings = tiny.model().wordEmbeddings(tape, ids);
      tiny.model().encode(tape, embeddings, segments, Optional.empty(), outputs);
      return outputs.get(layer).toFloats();
    }
  }

  private static double cosine(float[] a, int i, float[] b, int j, int size) {
    var product = 0.0;
    var squares = new double[2];
    for (var k = 0; k < size; k++) {
      product += (double) a[i + k] * b[j + k];
      squares[0] += (double) a[i + k] * a[i + k];
      squares[1] += (double) b[j + k] * b[j + k];
    }
    return product / Math.sqrt(squares[0] * squares[1]);
  }

  private record Compared(String place, double similarity) {}

  /** All tokens of all lines, nearest first: the mean cosine over parts of 12 or 4 numbers. */
  private List<Compared> compared(String text, SearchRequest request) {
    var size = request.by() == SearchBy.CONTEXT ? 4 : 12;
    var heads = request.by() == SearchBy.CONTEXT ? request.heads() : List.of(0);
    var layer =
        request.by() == SearchBy.CONTEXT
            ? BertModel.contextLayer(request.layer())
            : BertModel.hiddenStateLayer(request.layer());
    var query = vectors(tiny.tokenizer().encode(request.text()).maskedAt(2), layer);
    var all = new ArrayList<Compared>();
    var lines = text.lines().toList();
    for (var line = 0; line < lines.size(); line++) {
      var tokens = tiny.tokenizer().encode(lines.get(line));
      var vectors = vectors(tokens, layer);
      for (var position = 1; position < tokens.size() - 1; position++) {
        var at = position;
        var similarity =
            heads.stream()
                .mapToDouble(
                    h -> cosine(query, 2 * 12 + h * size, vectors, at * 12 + h * size, size))
                .average()
                .orElseThrow();
        all.add(new Compared(line + ":" + position, similarity));
      }
    }
    all.sort(Comparator.comparingDouble(Compared::similarity).reversed());
    return all;
  }

  private void checkAgainstLoops(CorpusIndex index, String text, SearchRequest request) {
    var result = found(index, request);
    var all = compared(text, request);
    assertThat(result.hits()).hasSize(BEST);
    var similarities =
        all.stream().collect(Collectors.toMap(Compared::place, Compared::similarity));
    for (var i = 0; i < BEST; i++) {
      var hit = result.hits().get(i);
      // Vectors are rounded to single precision once they have length 1.
      assertThat(hit.similarity()).isCloseTo(all.get(i).similarity(), within(1e-5));
      assertThat(similarities.get(places(result).get(i))).isCloseTo(hit.similarity(), within(1e-5));
    }
  }

  @Test
  void findsWhatComparingAllVectorsFinds() throws IOException {
    var text = lines(60);
    try (var index = built(text, IndexOptions.standard())) {
      assertThat(index.description().sentences()).isEqualTo(60);
      for (var layer = 0; layer <= 2; layer++) {
        checkAgainstLoops(index, text, request(layer, SearchBy.EMBEDDING, List.of()));
      }
      for (var layer = 0; layer < 2; layer++) {
        for (var heads : List.of(List.of(0, 1, 2), List.of(1), List.of(0, 2))) {
          checkAgainstLoops(index, text, request(layer, SearchBy.CONTEXT, heads));
        }
      }
    }
  }

  @Test
  void aGraphLeadsToMostOfTheNearest() throws IOException {
    var text = lines(300);
    try (var index = built(text, new IndexOptions(List.of(), true, 1))) {
      assertThat(index.description().graph()).isTrue();
      var exact = found(index, request(2, SearchBy.EMBEDDING, List.of()));
      var graph =
          found(
              index,
              new SearchRequest(
                  "the dog saw a cat.",
                  2,
                  List.of(2),
                  2,
                  SearchBy.EMBEDDING,
                  List.of(),
                  BEST,
                  false));
      assertThat(exact.exact()).isTrue();
      assertThat(graph.exact()).isFalse();
      var common = new HashSet<>(places(exact));
      common.retainAll(places(graph));
      assertThat(common).hasSizeGreaterThanOrEqualTo(BEST - 1);
      checkAgainstLoops(index, text, request(1, SearchBy.CONTEXT, List.of(1)));
    }
  }

  @Test
  void aTokenOfTheCorpusFindsItself() throws IOException {
    var text = lines(60);
    var sentence = text.lines().findFirst().orElseThrow();
    var request =
        new SearchRequest(sentence, 2, List.of(), 0, SearchBy.EMBEDDING, List.of(), 3, true);
    try (var index = built(text, IndexOptions.standard())) {
      var itself = found(index, request).hits().getFirst();
      assertThat(itself.sentence()).isZero();
      assertThat(itself.position()).isEqualTo(2);
      assertThat(itself.similarity()).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void takesTextsOfAllKinds() throws IOException {
    var text = "the dog. ".repeat(3) + "\n我爱北京。你爱我。\n😀 <script>\n" + "cat ".repeat(10_000);
    try (var index = built(text, IndexOptions.standard())) {
      var description = index.description();
      assertThat(description.tokens()).isGreaterThan(10_000);
      var chinese =
          new SearchRequest("你爱北京。", 2, List.of(), 0, SearchBy.EMBEDDING, List.of(), 2, true);
      var hit = found(index, chinese).hits().getFirst();
      assertThat(hit.words().get(hit.match()).text()).isEqualTo("爱");
      assertThat(hit.tag()).isEmpty();
      var script =
          new SearchRequest("<script>", 1, List.of(), 2, SearchBy.EMBEDDING, List.of(), 1, true);
      assertThat(found(index, script).hits()).hasSize(1);
    }
  }

  @Test
  void refusesAnotherModel() throws IOException {
    try (var index = built("the dog.", IndexOptions.standard());
        var other = TinyBert.open(1)) {
      assertThatThrownBy(() -> new CorpusSearch(engine, index).check(other))
          .isInstanceOf(CorpusException.class)
          .hasMessageContaining("built with tiny-0")
          .hasMessageContaining("not those of tiny-1");
    }
  }

  @Test
  void asksAnotherOpeningOfTheSameModel() throws IOException {
    try (var index = built("the dog.", IndexOptions.standard());
        var again = TinyBert.open(0)) {
      var search = new CorpusSearch(engine, index);
      var request = request(1, SearchBy.EMBEDDING, List.of());
      assertThat(search.search(again, request)).isEqualTo(search.search(tiny, request));
    }
  }

  @Test
  void endsWhenItIsInterrupted() throws IOException {
    try (var index = built("the dog.", IndexOptions.standard())) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> found(index, request(1, SearchBy.EMBEDDING, List.of())))
          .isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(found(index, request(1, SearchBy.EMBEDDING, List.of())).hits()).hasSize(3);
    }
  }

  @Test
  void refusesWhatTheIndexDoesNotKeep() throws IOException {
    try (var index = built("the dog.", new IndexOptions(List.of(1), false, 1 << 20))) {
      assertThatThrownBy(() -> found(index, request(2, SearchBy.EMBEDDING, List.of())))
          .hasMessageContaining("no embedding of layer 2, but of the layers [1]");
      assertThatThrownBy(() -> found(index, request(1, SearchBy.CONTEXT, List.of())))
          .hasMessageContaining("keeps no contexts");
      assertThatThrownBy(() -> found(index, request(1, SearchBy.EMBEDDING, List.of(3))))
          .hasMessageContaining("heads are 0..2");
      var edge = new SearchRequest("the", 2, List.of(), 1, SearchBy.EMBEDDING, List.of(), 1, true);
      assertThatThrownBy(() -> found(index, edge)).hasMessageContaining("stand at 1..1");
    }
    var options = new IndexOptions(List.of(3), true, 1);
    assertThatThrownBy(() -> built("the dog.", options)).hasMessageContaining("layers are 0..2");
  }

  /** What a killed process leaves is a folder of another name without a description. */
  @Test
  void clearsAwayWhatAKilledBuildLeft() throws IOException {
    var left = Files.createDirectories(directory.resolve("index.building"));
    Files.writeString(left.resolve("segments_1"), "half");
    assertThatThrownBy(() -> CorpusIndex.open(left)).hasMessageContaining("no whole index");
    try (var index = built("the dog.", IndexOptions.standard())) {
      assertThat(index.description().tokens()).isEqualTo(3);
    }
    assertThat(directory).isDirectoryNotContaining(file -> !file.endsWith("index"));
  }

  @Test
  void leavesTheOldIndexWhereANewOneFails() throws IOException {
    built("the dog.", IndexOptions.standard()).close();
    IndexProgress stopping = (_, _, _) -> Thread.currentThread().interrupt();
    var folder = directory.resolve("index");
    var text = corpus(lines(3));
    assertThatThrownBy(
            () -> CorpusIndex.build(engine, tiny, text, IndexOptions.standard(), folder, stopping))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(directory).isDirectoryNotContaining(file -> !file.endsWith("index"));
    try (var index = CorpusIndex.open(folder)) {
      assertThat(index.description().tokens()).isEqualTo(3);
    }
  }

  @Test
  void replacesAnIndexButNothingElse() throws IOException {
    built("the dog.", IndexOptions.standard()).close();
    try (var index = built("the dog. the cat.", IndexOptions.standard())) {
      assertThat(index.description().tokens()).isEqualTo(6);
    }
    var other = Files.createDirectories(directory.resolve("mine"));
    Files.writeString(other.resolve("letter.txt"), "dear");
    assertThatThrownBy(
            () ->
                CorpusIndex.build(
                    engine, tiny, corpus("the"), IndexOptions.standard(), other, SILENT))
        .isInstanceOf(CorpusException.class)
        .hasMessageContaining("is no index; choose another place");
    assertThat(other.resolve("letter.txt")).hasContent("dear");
  }
}
