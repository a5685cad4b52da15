package org.pellucid.models.bert.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pellucid.models.bert.answer.QuestionExample;
import org.pellucid.models.bert.answer.ReferenceAnswer;
import org.pellucid.models.bert.answer.WindowSettings;
import org.pellucid.models.bert.tuning.TuningSettings.Duration;

/** What a training is made of: learning rates, the order of examples, and the examples. */
class TuningSettingsTests {

  @Test
  void risesAndFalls() {
    var linear = new LearningRateSchedule.Linear(0.8, 0.25);
    assertThat(linear.at(0, 16)).isZero();
    assertThat(linear.at(2, 16)).isCloseTo(0.4, within(1e-15));
    assertThat(linear.at(4, 16)).isCloseTo(0.8, within(1e-15));
    assertThat(linear.at(10, 16)).isCloseTo(0.4, within(1e-15));
    assertThat(linear.at(15, 16)).isCloseTo(0.8 / 12, within(1e-15));
    var constant = new LearningRateSchedule.Constant(0.8, 0.25);
    assertThat(constant.at(2, 16)).isCloseTo(0.4, within(1e-15));
    assertThat(constant.at(15, 16)).isEqualTo(0.8);
    assertThat(new LearningRateSchedule.Constant(0.8, 0).at(0, 16)).isEqualTo(0.8);
    assertThat(new LearningRateSchedule.Linear(0.8, 1).at(15, 16)).isCloseTo(0.75, within(1e-15));
    assertThatThrownBy(() -> new LearningRateSchedule.Linear(-1, 0)).hasMessageContaining("-1.0");
    assertThatThrownBy(() -> new LearningRateSchedule.Constant(1, 2))
        .hasMessageContaining("must be a share of all steps");
  }

  @Test
  void showsEveryExampleOnceAnEpoch() {
    var order = new ExampleOrder(10, 4, 3);
    assertThat(order.stepsPerEpoch()).isEqualTo(3);
    for (var epoch = 0; epoch < 2; epoch++) {
      var seen = new HashSet<Integer>();
      for (var step = 0; step < 3; step++) {
        var own = order.of(3 * epoch + step);
        assertThat(own).hasSize(step == 2 ? 2 : 4);
        seen.addAll(own);
        assertThat(order.epoch(3 * epoch + step)).isEqualTo(epoch);
      }
      assertThat(seen).hasSize(10);
    }
    assertThat(order.of(0)).isNotEqualTo(order.of(3));
    assertThat(order.of(0)).isEqualTo(new ExampleOrder(10, 4, 3).of(0));
    assertThat(order.of(0)).isNotEqualTo(new ExampleOrder(10, 4, 4).of(0));
  }

  @Test
  void lastsStepsOrEpochs() {
    assertThat(new Duration.Epochs(3).steps(7)).isEqualTo(21);
    assertThat(new Duration.Steps(5).steps(7)).isEqualTo(5);
    assertThatThrownBy(() -> new Duration.Epochs(0)).hasMessageContaining("must be at least 1");
    assertThat(TuningSettings.usual(TrainedPart.ALL).schedule().peak()).isEqualTo(3e-5);
    assertThat(TuningSettings.usual(TrainedPart.ALL).examplesPerStep()).isEqualTo(8);
  }

  private static final String CONTEXT = "the old sailor wrote a letter to his daughter .";

  private static QuestionExample question(String question, ReferenceAnswer... answers) {
    return new QuestionExample("1", question, CONTEXT, List.of(answers));
  }

  private static TuningExamples examples(TuningExamples.Windows windows, QuestionExample question) {
    var settings = new WindowSettings(4, 5, 3, 32);
    var examples = new TuningExamples(SmallTask.tokenizer(), settings, windows);
    examples.add(question);
    return examples;
  }

  /** Ten tokens of context in windows of five, three apart; the letter is the sixth token. */
  @Test
  void marksTheAnswerInEveryWindowThatHoldsIt() throws IOException {
    var letter = new ReferenceAnswer("a letter", 21, 29);
    var all = examples(TuningExamples.Windows.ALL, question("who wrote ?", letter)).list();
    assertThat(all).extracting(TuningExample::size).containsExactly(11, 11, 10);
    // [CLS] who wrote ? [SEP] are five tokens before the window.
    assertThat(all).extracting(TuningExample::start).containsExactly(0, 6, 0);
    assertThat(all).extracting(TuningExample::end).containsExactly(0, 7, 0);
    var middle = examples(TuningExamples.Windows.ANSWER, question("who wrote ?", letter)).list();
    assertThat(middle).hasSize(1);
    var vocabulary = SmallTask.tokenizer().vocabulary();
    var only = middle.getFirst();
    assertThat(vocabulary.piece(only.ids()[only.start()])).isEqualTo("a");
    assertThat(vocabulary.piece(only.ids()[only.end()])).isEqualTo("letter");
  }

  @Test
  void pointsToTheBeginningWhereThereIsNoAnswer() {
    var all = examples(TuningExamples.Windows.ALL, question("who wrote ?"));
    assertThat(all.list()).hasSize(3).allMatch(example -> example.start() == 0);
    assertThat(examples(TuningExamples.Windows.ANSWER, question("who wrote ?")).list()).hasSize(1);
  }

  @Test
  void countsWhatCantBeLearnt() {
    var unknown = new QuestionExample("1", "who ?", CONTEXT, List.of(), false);
    var examples = examples(TuningExamples.Windows.ALL, unknown);
    assertThat(examples.list()).isEmpty();
    assertThat(examples.unlabelled()).isEqualTo(1);
    examples.add(question("\u200b"));
    assertThat(examples.unusable()).isEqualTo(1);
    assertThat(examples.questions()).isEqualTo(2);
    assertThatThrownBy(() -> new TuningExample(new int[3], new int[3], 1, 3))
        .hasMessageContaining("doesn't lie in 3 tokens");
  }
}
