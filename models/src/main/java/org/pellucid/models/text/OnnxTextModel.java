package org.pellucid.models.text;

import static org.pellucid.engine.tensor.Shapes.check;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.Taps;
import org.pellucid.models.bert.CosineSimilarity;
import org.pellucid.models.bert.TextFunction;
import org.pellucid.models.bert.TextTokenizer;
import org.pellucid.models.bert.Tokens;
import org.pellucid.models.onnx.GraphFolder;
import org.pellucid.models.onnx.NumericArray;
import org.pellucid.models.onnx.OnnxModel;
import org.pellucid.weights.DType;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.onnx.GraphValue;

/**
 * A language model in an ONNX graph, with its tokenizer: an encoder of any family, whose inputs,
 * word embeddings and outputs are found by the graph's structure.
 *
 * <p>Gradients flow to the word embeddings: the output of the node that looks the token ids up.
 * Token ids stay those of the text meanwhile, so that positions and masks which are made of them
 * don't change. Safe to use from several threads at once.
 */
public final class OnnxTextModel implements LanguageModel {
  /** A text of more tokens than any number of classes that a graph leaves open. */
  private static final int PROBED_WORDS = 12;

  private final OnnxModel graph;
  private final TextTokenizer tokenizer;
  private final GraphInputs inputs;
  private final GraphHeads heads;
  private final Pooling pooling;
  private final List<String> labels;

  private OnnxTextModel(OnnxModel graph, GraphInputs inputs, TextFolder folder) {
    this.graph = graph;
    this.inputs = inputs;
    checkAnyLength();
    this.tokenizer = folder.tokenizer(inputs);
    this.pooling = folder.pooling();
    this.labels = folder.labels();
    this.heads = probe();
  }

  private OnnxTextModel(OnnxTextModel other, OnnxModel graph) {
    this.graph = graph;
    this.inputs = other.inputs;
    this.tokenizer = other.tokenizer;
    this.pooling = other.pooling;
    this.labels = other.labels;
    this.heads = other.heads;
  }

  /** The same model by a graph with other parameters, which is closed with it. */
  OnnxTextModel with(OnnxModel other) {
    return new OnnxTextModel(this, other);
  }

  /**
   * Opens a model in single precision.
   *
   * @param path a directory with {@code model.onnx} or {@code onnx/model.onnx} and {@code
   *     tokenizer.json} or {@code vocab.txt}, as Hugging Face and sentence-transformers lay them
   *     out; or a graph in such a directory
   * @throws org.pellucid.weights.UnusableFileException if a file is missing, can't be used, or the
   *     graph is no encoder of texts
   */
  public static OnnxTextModel open(Path path) {
    return open(path, ElementType.FLOAT32, OpenOptions.standard());
  }

  /**
   * Opens a model like {@link #open(Path)}.
   *
   * @param type in which it computes, whatever the file's own
   */
  public static OnnxTextModel open(Path path, ElementType type, OpenOptions options) {
    var folder = TextFolder.of(path);
    var graph = OnnxModel.open(folder.graph(), type, options);
    try {
      return new OnnxTextModel(graph, GraphInputs.of(graph.graph()), folder);
    } catch (IllegalArgumentException e) {
      graph.close();
      throw new ModelFileException("The graph %s: %s".formatted(folder.graph(), e.getMessage()), e);
    } catch (RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  /** Whether a directory holds a graph where {@link #open} looks for one. */
  public static boolean isIn(Path directory) {
    return GraphFolder.findBelow(directory).isPresent();
  }

  private void checkAnyLength() {
    for (var input : graph.inputs()) {
      var length =
          input.axes().filter(axes -> axes.size() == 2).flatMap(axes -> fixed(axes.get(1).size()));
      check(
          length.isEmpty(),
          "it takes texts of exactly %d tokens; export it with a dynamic token axis",
          length.orElse(0L));
    }
  }

  private static Optional<Long> fixed(OptionalLong size) {
    return size.isPresent() ? Optional.of(size.getAsLong()) : Optional.empty();
  }

  /** The outputs of a text whose number of tokens is no output's fixed size. */
  private GraphHeads probe() {
    var fixed =
        graph.outputs().stream()
            .flatMap(output -> output.axes().stream().flatMap(List::stream))
            .flatMapToLong(axis -> axis.size().stream())
            .boxed()
            .toList();
    var words = new StringBuilder("a");
    var tokens = tokenizer.encode(words.toString());
    while (tokens.size() < PROBED_WORDS || fixed.contains((long) tokens.size())) {
      tokens = tokenizer.encode(words.append(" a").toString());
    }
    words(Engine.standard(), tokens.ids());
    var all = graph.run(Engine.standard(), inputsOf(tokens, 1, Optional.empty()));
    return GraphHeads.of(all, tokens.size(), inputs.words().rows());
  }

  /** The graph. */
  public OnnxModel graph() {
    return graph;
  }

  /** How a text's vector is made of the last hidden states, where the graph gives none itself. */
  public Pooling pooling() {
    return pooling;
  }

  @Override
  public TextTokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public int maximalPositions() {
    return tokenizer.maximalLength();
  }

  @Override
  public List<String> labels() {
    return labels;
  }

  GraphInputs inputs() {
    return inputs;
  }

  /**
   * Complete sentences about what was found that the reader of the results should know; usually
   * none.
   */
  public List<String> notes() {
    return tokenizer.size() > inputs.words().rows()
        ? List.of(
            "The vocabulary has %d pieces, but the graph's word embeddings only %d; texts with the others are refused."
                .formatted(tokenizer.size(), inputs.words().rows()))
        : List.of();
  }

  /**
   * The inputs of the graph for a batch of one text.
   *
   * @param attentionMask {@code [batch, tokens]}; empty if all are attended to
   */
  Map<String, NumericArray> inputsOf(Tokens tokens, int batch, Optional<int[]> attentionMask) {
    var ids = tokens.ids();
    checkIds(ids);
    check(
        attentionMask.isEmpty() || inputs.mask().isPresent(),
        "The graph takes no attention mask, so that words can't be removed; hide them by mask or"
            + " pad");
    var all = new HashMap<String, NumericArray>();
    all.put(inputs.ids(), repeated(inputs.ids(), ids, batch));
    inputs.segments().ifPresent(name -> all.put(name, repeated(name, tokens.segmentIds(), batch)));
    inputs.positions().ifPresent(name -> all.put(name, repeated(name, positions(ids), batch)));
    var ones = new int[ids.length];
    Arrays.fill(ones, 1);
    inputs
        .mask()
        .ifPresent(
            name ->
                all.put(
                    name,
                    attentionMask
                        .map(mask -> array(name, mask, batch, ids.length))
                        .orElseGet(() -> repeated(name, ones, batch))));
    return all;
  }

  private int[] positions(int[] ids) {
    var first = inputs.countsIds() ? tokenizer.padId() + 1 : 0;
    var positions = new int[ids.length];
    Arrays.setAll(positions, i -> first + i);
    return positions;
  }

  private NumericArray repeated(String input, int[] row, int batch) {
    var all = new int[batch * row.length];
    for (var example = 0; example < batch; example++) {
      System.arraycopy(row, 0, all, example * row.length, row.length);
    }
    return array(input, all, batch, row.length);
  }

  /** Numbers of the type that an input has. */
  private NumericArray array(String input, int[] numbers, int batch, int tokens) {
    var type =
        graph.inputs().stream()
            .filter(each -> each.name().equals(input))
            .findFirst()
            .flatMap(GraphValue::type)
            .orElse(DType.I64);
    return new NumericArray(
        type, new long[] {batch, tokens}, Arrays.stream(numbers).asDoubleStream().toArray());
  }

  /**
   * The vector of a text, of length 1: the graph's own, or its pooled last hidden states.
   *
   * @return {@code [size]}
   * @throws IllegalArgumentException if the graph gives neither
   */
  public double[] embedding(Engine engine, Tokens tokens) {
    var similarity = CosineSimilarity.to(vector(engine, tokens));
    return similarity.direction();
  }

  /** The vector of a text between the model's special tokens; see there. */
  public double[] embedding(Engine engine, String text) {
    return embedding(engine, tokenizer.encode(text));
  }

  private double[] vector(Engine engine, Tokens tokens) {
    var function = new GraphTextFunction(this, tokens, vectorHead());
    return function.of(engine);
  }

  private GraphHead vectorHead() {
    var own = heads.vector().filter(name -> heads.hidden().isEmpty() || isOfSentence(name));
    if (own.isPresent()) {
      return new GraphHead.Whole(own.get(), heads.sizes().get(own.get()));
    }
    var hidden = heads.hidden().orElseThrow(() -> missing("no vector of a text"));
    return new GraphHead.Pooled(hidden, heads.sizes().get(hidden), pooling);
  }

  /** BERT's own pooler was trained to tell whether sentences follow each other. */
  private static boolean isOfSentence(String name) {
    return name.contains("sentence") || name.contains("embed");
  }

  @Override
  public TextFunction similarity(Engine engine, Tokens tokens, Tokens other) {
    var similarity = CosineSimilarity.to(vector(engine, other));
    return new GraphTextFunction(this, tokens, new GraphHead.Similarity(vectorHead(), similarity));
  }

  @Override
  public TextFunction maskedToken(Tokens tokens, int position) {
    var logits = heads.vocabulary().orElseThrow(() -> missing("no masked token's logits"));
    tokens.checkPosition(position);
    return new GraphTextFunction(
        this, tokens, new GraphHead.AtPosition(logits, heads.sizes().get(logits), position));
  }

  @Override
  public TextFunction classes(Tokens tokens) {
    var logits = heads.classes().orElseThrow(() -> missing("no classes of texts"));
    return new GraphTextFunction(
        this, tokens, new GraphHead.Whole(logits, heads.sizes().get(logits)));
  }

  @Override
  public TextFunction answer(Tokens tokens) {
    if (heads.answer().isEmpty()) {
      throw missing("no answers to questions");
    }
    return new GraphTextFunction(
        this, tokens, new GraphHead.StartsAndEnds(heads.answer(), tokens.size()));
  }

  private IllegalArgumentException missing(String what) {
    return new IllegalArgumentException(
        "The graph %s gives %s, but %s; choose another model or another question."
            .formatted(graph.graph().path().getFileName(), what, heads.offers()));
  }

  /** The word embeddings of tokens {@code [tokens, embedding]}. */
  float[] words(Engine engine, int[] ids) {
    checkIds(ids);
    try (var tape = new Tape(engine)) {
      var given = Map.of(inputs.ids(), array(inputs.ids(), ids, 1, ids.length));
      var wanted = List.of(inputs.words().value());
      var words = graph.forward(tape, given, Map.of(), wanted, Taps.NONE).values().getFirst();
      Shapes.checkShape("The word embeddings", words, 1, ids.length, inputs.words().width());
      return words.toFloats();
    }
  }

  private void checkIds(int[] ids) {
    var rows = inputs.words().rows();
    for (var id : ids) {
      check(
          id < rows,
          "The token %s has the id %d, but the graph's word embeddings have only %d rows; give the"
              + " tokenizer that belongs to the graph",
          tokenizer.decode(id),
          id,
          rows);
    }
  }

  @Override
  public void close() {
    graph.close();
  }
}
