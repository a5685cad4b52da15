package org.pellucid.explain.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.pellucid.explain.evaluation.Progress;
import org.pellucid.models.bert.answer.AnswerSettings;
import org.pellucid.models.bert.answer.AnswerTally;
import org.pellucid.models.bert.answer.AnswerTally.Figures;
import org.pellucid.models.bert.answer.QuestionAnswering;
import org.pellucid.models.bert.answer.QuestionExample;
import org.pellucid.models.bert.answer.QuestionFile;
import org.pellucid.models.zoo.WeightsOrigin;
import org.pellucid.weights.AtomicFile;

/**
 * A model's answers to all questions of a file, compared with the reference answers.
 *
 * @param texts the answers by the questions' ids, in the file's order; empty where the context is
 *     said to hold none
 * @param all exact match and F1 over the questions whose answers are known
 * @param answerable the same over those that have an answer
 * @param unanswerable the same over those that have none, as SQuAD 2.0 has
 * @param failed the questions that couldn't be used
 */
public record PredictedAnswers(
    SequencedMap<String, String> texts,
    Figures all,
    Figures answerable,
    Figures unanswerable,
    int failed) {
  /** Copies the map. */
  public PredictedAnswers {
    texts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(texts));
  }

  /**
   * Answers all questions of a file.
   *
   * @param progress receives the number of questions answered
   * @param complaints receives a sentence about each question that can't be used
   * @throws org.pellucid.weights.UnusableFileException if the file can't be read
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public static PredictedAnswers of(
      QuestionFile file,
      QuestionAnswering answering,
      AnswerSettings settings,
      Progress progress,
      Consumer<String> complaints) {
    var total = new int[1];
    file.read(_ -> total[0]++, _ -> {});
    var run = new Run(answering, settings, complaints);
    file.read(
        example -> {
          run.answer(example);
          progress.step(run.done, total[0]);
        },
        run::fail);
    return new PredictedAnswers(
        run.texts,
        run.all.figures(),
        run.answerable.figures(),
        run.unanswerable.figures(),
        run.failed);
  }

  private static final class Run {
    private final QuestionAnswering answering;
    private final AnswerSettings settings;
    private final Consumer<String> complaints;
    private final LinkedHashMap<String, String> texts = new LinkedHashMap<>();
    private final AnswerTally all = new AnswerTally();
    private final AnswerTally answerable = new AnswerTally();
    private final AnswerTally unanswerable = new AnswerTally();
    private int done;
    private int failed;

    Run(QuestionAnswering answering, AnswerSettings settings, Consumer<String> complaints) {
      this.answering = answering;
      this.settings = settings;
      this.complaints = complaints;
    }

    void answer(QuestionExample example) {
      done++;
      String text;
      try {
        text = answering.answer(example.question(), example.context(), settings).prediction();
      } catch (IllegalArgumentException refusal) {
        fail("The question %s: %s".formatted(example.id(), refusal.getMessage()));
        return;
      }
      texts.put(example.id(), text);
      if (example.isLabelled()) {
        all.add(text, example.answerTexts());
        (example.answers().isEmpty() ? unanswerable : answerable).add(text, example.answerTexts());
      }
    }

    void fail(String complaint) {
      failed++;
      complaints.accept(complaint);
    }
  }

  /** The content of {@code evaluation.json}; figures over no question are left out. */
  public Map<String, Object> evaluation(AnswerSettings settings) {
    var json = new LinkedHashMap<String, Object>();
    json.put("answered", texts.size());
    json.put("failed", failed);
    put(json, "all", all);
    if (unanswerable.questions() > 0) {
      put(json, "answerable", answerable);
      put(json, "unanswerable", unanswerable);
    }
    json.put("settings", settings);
    return json;
  }

  private static void put(Map<String, Object> json, String name, Figures figures) {
    if (figures.questions() > 0) {
      json.put(name, figures);
    }
  }

  /**
   * Writes {@code predictions.json}, which SQuAD's evaluation reads (texts by ids), {@code
   * predictions.csv} with the columns {@code ID,Answer} as the homework asks for, and {@code
   * evaluation.json}.
   *
   * @param weights which weights they are from, if that is known
   * @throws UncheckedIOException if a file can't be written
   */
  public void save(Path directory, AnswerSettings settings, Optional<WeightsOrigin> weights) {
    JsonResult.write(directory.resolve("predictions.json"), texts, Optional.empty());
    JsonResult.write(directory.resolve("evaluation.json"), evaluation(settings), weights);
    var file = directory.resolve("predictions.csv");
    var csv = new StringBuilder("ID,Answer\n");
    texts.forEach((id, text) -> csv.append(field(id)).append(',').append(field(text)).append('\n'));
    try {
      AtomicFile.write(file, temporary -> Files.writeString(temporary, csv));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The file %s can't be written; choose another place.".formatted(file), e);
    }
  }

  /** A field of a CSV file, in quotation marks where RFC 4180 asks for them. */
  private static String field(String text) {
    return text.matches("(?s).*[,\"\\r\\n].*") ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }
}
