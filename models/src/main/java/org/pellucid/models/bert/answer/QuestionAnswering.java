package org.pellucid.models.bert.answer;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.bert.AnswerLogits;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.Vocabulary;
import org.pellucid.models.bert.WordPieceTokenizer;

/**
 * Answers questions by spans of their contexts, of any length, with a BERT that has a
 * question-answering head.
 *
 * <p>All windows of a question are padded to its longest one, so that what else is answered changes
 * nothing. It doesn't own the model. Safe to use from several threads.
 */
public final class QuestionAnswering {
  /** Larger batches take no less time per window, but more memory. */
  private static final int BATCH = 4;

  private final Engine engine;
  private final AnswerLogits model;
  private final int positions;
  private final WordPieceTokenizer tokenizer;
  private final Set<String> specials;

  /**
   * Answers by a model.
   *
   * @param tokenizer that the model was trained with
   * @throws IllegalArgumentException if the model has no question-answering head
   */
  public QuestionAnswering(Engine engine, BertModel model, WordPieceTokenizer tokenizer) {
    this(engine, logits(model), model.config().maximalPositions(), tokenizer);
  }

  /**
   * Answers by something else that scores starts and ends, such as a model in training.
   *
   * @param positions the most tokens that it takes
   */
  public QuestionAnswering(
      Engine engine, AnswerLogits model, int positions, WordPieceTokenizer tokenizer) {
    this.engine = engine;
    this.model = model;
    this.positions = positions;
    this.tokenizer = tokenizer;
    var vocabulary = tokenizer.vocabulary();
    specials =
        IntStream.of(vocabulary.classifyId(), vocabulary.separatorId(), vocabulary.padId())
            .mapToObj(vocabulary::piece)
            .collect(Collectors.toUnmodifiableSet());
  }

  private static AnswerLogits logits(BertModel model) {
    check(
        model.answersQuestions(),
        "These weights hold no question-answering head (qa_outputs); load a model that has one,"
            + " or merge an adapter that does");
    return (tape, ids, segments, mask) ->
        model.answerSpans(
            tape, model.encode(tape, model.wordEmbeddings(tape, ids), segments, mask));
  }

  /** The vocabulary of the model's tokenizer. */
  public Vocabulary vocabulary() {
    return tokenizer.vocabulary();
  }

  /**
   * The best answers to a question.
   *
   * @param settings whose windows are shortened to the model's positions
   * @throws IllegalArgumentException if the question or the context has no token, or the context
   *     consists of special tokens
   * @throws CancellationException if the thread is interrupted; its flag stays set
   */
  public AnsweredQuestion answer(String question, String context, AnswerSettings settings) {
    var fitting = settings.withWindows(settings.windows().fitting(positions));
    var windows = ContextWindows.of(tokenizer, question, context, fitting.windows());
    check(
        windows.contextTokens().stream().anyMatch(token -> !specials.contains(token.piece())),
        "The context holds special tokens only; give a text");
    return new SpanSearch(logits(windows.all()), windows, specials, fitting).answers();
  }

  private List<WindowLogits> logits(List<ContextWindow> windows) {
    var length = WindowBatch.longest(windows);
    var isPadded = windows.stream().anyMatch(window -> window.tokens().size() < length);
    var all = new ArrayList<WindowLogits>();
    for (var first = 0; first < windows.size(); first += BATCH) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("Answering was cancelled.");
      }
      var part = windows.subList(first, Math.min(first + BATCH, windows.size()));
      all.addAll(logits(part, length, isPadded));
    }
    return all;
  }

  private List<WindowLogits> logits(List<ContextWindow> windows, int length, boolean isPadded) {
    var batch = WindowBatch.of(windows, length, tokenizer.vocabulary().padId());
    try (var tape = new Tape(engine);
        var ids = Tensor.of(batch.ids(), windows.size(), length);
        var segments = Tensor.of(batch.segmentIds(), windows.size(), length)) {
      var mask = isPadded ? Optional.of(batch.mask()) : Optional.<int[]>empty();
      var pairs = model.of(tape, ids, segments, mask).toFloats();
      var all = new ArrayList<WindowLogits>();
      for (var row = 0; row < windows.size(); row++) {
        all.add(split(windows.get(row), pairs, 2 * row * length));
      }
      return all;
    }
  }

  private static WindowLogits split(ContextWindow window, float[] pairs, int from) {
    var size = window.tokens().size();
    var starts = new float[size];
    var ends = new float[size];
    for (var i = 0; i < size; i++) {
      starts[i] = pairs[from + 2 * i];
      ends[i] = pairs[from + 2 * i + 1];
      check(
          Float.isFinite(starts[i]) && Float.isFinite(ends[i]),
          "The model's scores are no finite numbers; its weights are damaged");
    }
    return new WindowLogits(window, starts, ends);
  }
}
