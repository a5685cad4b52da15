package org.pellucid.models.bert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.AdamSettings;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.CrossEntropy;
import org.pellucid.engine.ops.Mean;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.optim.Adam;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.TrainingRun;

/** A small BERT learns to answer a few questions as it does in PyTorch. */
@Tag("numeric")
class BertTrainingTests {
  static final BertConfig CONFIG =
      new BertConfig(76, 32, 2, 4, 64, 32, 2, 1e-12, "gelu", 0, List.of());

  /** Parameters that shift all logits, or all scores of a query, alike: the README says which. */
  private static final String NO_INFLUENCE =
      ".*self\\.key\\.bias|.*layer\\.1\\.output\\.LayerNorm\\.bias|qa_outputs\\.bias";

  /** The questions of the run as a padded batch. */
  private record Batch(Tensor ids, Tensor segments, int[] mask, Tensor starts, Tensor ends)
      implements AutoCloseable {
    static Batch of(TrainingRun run) throws IOException {
      var tokenizer =
          new WordPieceTokenizer(
              Vocabulary.read(TrainingRun.file("bert-vocab.txt")), NormalizerOptions.uncased(), 32);
      var texts = run.description().get("texts");
      var encoded = new ArrayList<Tokens>();
      var starts = new int[texts.size()];
      var ends = new int[texts.size()];
      for (var i = 0; i < texts.size(); i++) {
        var context = texts.get(i).get("context").textValue();
        var answer = texts.get(i).get("answer").textValue();
        var tokens = tokenizer.encode(texts.get(i).get("question").textValue(), context);
        var from = context.indexOf(answer);
        starts[i] = tokenAt(tokens, from);
        ends[i] = tokenAt(tokens, from + answer.length() - 1);
        encoded.add(tokens);
      }
      var length = encoded.stream().mapToInt(Tokens::size).max().orElseThrow();
      var ids = new int[encoded.size() * length];
      var segments = new int[ids.length];
      var mask = new int[ids.length];
      for (var i = 0; i < encoded.size(); i++) {
        var tokens = encoded.get(i);
        System.arraycopy(tokens.ids(), 0, ids, i * length, tokens.size());
        System.arraycopy(tokens.segmentIds(), 0, segments, i * length, tokens.size());
        Arrays.fill(mask, i * length, i * length + tokens.size(), 1);
      }
      return new Batch(
          Tensor.of(ids, encoded.size(), length),
          Tensor.of(segments, encoded.size(), length),
          mask,
          Tensor.of(starts, starts.length),
          Tensor.of(ends, ends.length));
    }

    private static int tokenAt(Tokens tokens, int character) {
      for (var i = 0; i < tokens.size(); i++) {
        var token = tokens.list().get(i);
        if (token.source() == Token.Source.SECOND
            && token.start() <= character
            && character < token.end()) {
          return i;
        }
      }
      throw new AssertionError("no token covers character " + character);
    }

    @Override
    public void close() {
      List.of(ids, segments, starts, ends).forEach(Tensor::close);
    }
  }

  private static BertModel model(TrainingRun run, String moment, ElementType type) {
    return run.parameters(moment, parameters -> BertModel.load(CONFIG, parameters, type));
  }

  private static Map<String, double[]> values(BertModel model) {
    var values = new TreeMap<String, double[]>();
    model.parameters().forEach((name, tensor) -> values.put(name, tensor.toDoubles()));
    return values;
  }

  private static Tensor loss(Tape tape, BertModel model, Batch batch) {
    var embeddings = model.wordEmbeddings(tape, batch.ids());
    var last = model.encode(tape, embeddings, batch.segments(), Optional.of(batch.mask()));
    var spans = model.answerSpans(tape, last);
    var starts = crossEntropy(tape, spans, 0, batch.starts());
    var ends = crossEntropy(tape, spans, 1, batch.ends());
    return Scale.apply(tape, Add.apply(tape, starts, ends), 0.5);
  }

  private static Tensor crossEntropy(Tape tape, Tensor spans, int which, Tensor targets) {
    var slice = Slice.apply(tape, spans, 2, which, 1);
    var logits = Reshape.apply(tape, slice, spans.size(0), spans.size(1));
    return Mean.apply(tape, CrossEntropy.apply(tape, logits, targets));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void learnsAsInPyTorch(ElementType type) throws IOException {
    var exact = type == ElementType.FLOAT64;
    var engine = exact ? Engine.portable() : Engine.standard();
    var run = TrainingRun.open("bert");
    var losses = new ArrayList<Double>();
    try (var model = model(run, "start", type);
        var expected = model(run, "end", type);
        var batch = Batch.of(run);
        var adam =
            new Adam(
                engine,
                AdamSettings.of(TrainingRun.LEARNING_RATE),
                List.copyOf(model.parameters().values()))) {
      var start = values(model);
      assertThat(start).hasSize(39);
      while (losses.size() < run.losses().size()) {
        try (var tape = new Tape(engine)) {
          model.parameters().values().forEach(tape::watch);
          var loss = loss(tape, model, batch);
          losses.add(loss.item());
          adam.step(tape.gradient(loss, model.parameters().values().toArray(Tensor[]::new)));
        }
      }
      run.checkLosses(losses, type);
      var end = values(model);
      values(expected)
          .forEach(
              (name, values) -> {
                if (exact || !name.matches(NO_INFLUENCE)) {
                  TrainingRun.checkMove(name, start.get(name), end.get(name), values, type);
                }
              });
    }
    assertThat(engine.memory().usedBytes()).isZero();
  }
}
