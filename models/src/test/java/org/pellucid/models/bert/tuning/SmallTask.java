package org.pellucid.models.bert.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.TrainingRun;
import org.pellucid.models.bert.AdaptedProjection;
import org.pellucid.models.bert.BertConfig;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.DropoutRates;
import org.pellucid.models.bert.LowRankMatrices;
import org.pellucid.models.bert.NormalizerOptions;
import org.pellucid.models.bert.Vocabulary;
import org.pellucid.models.bert.WordPieceTokenizer;
import org.pellucid.models.bert.answer.QuestionExample;
import org.pellucid.models.bert.answer.ReferenceAnswer;
import org.pellucid.models.bert.answer.WindowSettings;

/** The BERT of two layers and the eight questions that PyTorch's runs begin with. */
final class SmallTask {
  static final BertConfig CONFIG =
      new BertConfig(76, 32, 2, 4, 64, 32, 2, 1e-12, "gelu", 0, List.of());

  private SmallTask() {}

  static WordPieceTokenizer tokenizer() {
    return new WordPieceTokenizer(
        Vocabulary.read(TrainingRun.file("bert-vocab.txt")), NormalizerOptions.uncased(), 32);
  }

  static List<QuestionExample> questions() throws IOException {
    var questions = new ArrayList<QuestionExample>();
    for (var text : TrainingRun.open("bert").description().get("texts")) {
      var context = text.get("context").textValue();
      var answer = text.get("answer").textValue();
      var start = context.indexOf(answer);
      questions.add(
          new QuestionExample(
              "question " + questions.size(),
              text.get("question").textValue(),
              context,
              List.of(new ReferenceAnswer(answer, start, start + answer.length()))));
    }
    return questions;
  }

  static List<TuningExample> examples() throws IOException {
    var examples =
        new TuningExamples(tokenizer(), WindowSettings.squad(), TuningExamples.Windows.ALL);
    questions().forEach(examples::add);
    assertThat(examples.list()).hasSize(8);
    return examples.list();
  }

  static BertModel model(ElementType type) throws IOException {
    return TrainingRun.open("bert")
        .parameters("start", parameters -> BertModel.load(CONFIG, parameters, type));
  }

  /** All eight questions in each of twenty steps, without dropout. */
  static TuningSettings settings(TrainedPart part) {
    var lowRank =
        new LowRankMatrices.Settings(
            4,
            8,
            Set.of(
                AdaptedProjection.QUERY,
                AdaptedProjection.VALUE,
                AdaptedProjection.INTERMEDIATE,
                AdaptedProjection.OUTPUT));
    return new TuningSettings(
        part,
        lowRank,
        DropoutRates.NONE,
        new LearningRateSchedule.Linear(part == TrainedPart.ADAPTERS ? 0.02 : 0.004, 0.2),
        0.05,
        0.5,
        8,
        1,
        new TuningSettings.Duration.Steps(20),
        0);
  }

  /** The same with dropout, in steps of two batches of two. */
  static TuningSettings withDropout(TrainedPart part) {
    var plain = settings(part);
    return new TuningSettings(
        part,
        plain.lowRank(),
        DropoutRates.STANDARD,
        plain.schedule(),
        plain.weightDecay(),
        plain.largestNorm(),
        2,
        2,
        new TuningSettings.Duration.Epochs(5),
        7);
  }

  static Map<String, double[]> values(TuningRun run) {
    var values = new LinkedHashMap<String, double[]>();
    run.parameters().byName().forEach((name, tensor) -> values.put(name, tensor.toDoubles()));
    return values;
  }
}
