package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.models.bert.answer.AnswerTally;
import org.pellucid.models.bert.tuning.TrainedPart;
import org.pellucid.models.bert.tuning.TuningEvaluation;
import org.pellucid.models.bert.tuning.TuningHistory;
import org.pellucid.models.bert.tuning.TuningSession;
import org.pellucid.models.bert.tuning.TuningSettings;
import org.pellucid.models.bert.tuning.TuningStep;

/** Reads the page of a training in a real browser. */
class TuningPageTests {
  private static TuningHistory history() {
    return new TuningHistory(
        new TuningSession.Identity("<script>", "train.json", Optional.empty()),
        TuningSettings.usual(TrainedPart.ADAPTERS).described(),
        296_450,
        12,
        List.of(
            new TuningStep(1, 1, 4.5, 0, 2.25),
            new TuningStep(2, 1, 3.25, 0.0005, 1.5),
            new TuningStep(3, 2, 0.125, 0.00025, 7.75)),
        List.of(
            new TuningEvaluation.Result(0, new AnswerTally.Figures(1234, 1.5, 12.25)),
            new TuningEvaluation.Result(3, new AnswerTally.Figures(1234, 75, 87.5))));
  }

  @Test
  void showsStepsAndEvaluations(@TempDir Path directory) throws Exception {
    var move =
        "const box = document.querySelector('.chart').getBoundingClientRect();"
            + "document.querySelector('.chart').dispatchEvent(new PointerEvent('pointermove',"
            + " {clientX: box.right - 20, clientY: box.top + 20}));";
    var html = Browser.find().render(TuningPage.of(history()), "", move, directory);
    assertThat(html).contains("&lt;script&gt; · 3 steps of 8 examples");
    assertThat(html).contains("Loss over 3 steps: step from 4.50 to 0.125");
    assertThat(html).contains("Gradient norm over 3 steps: gradient norm from 2.25 to 7.75");
    assertThat(html).contains("on 1,234 questions", "87.50 %", "75.00 %", "296,450");
    assertThat(html).contains("Step 3, epoch 2", "loss 0.125", "learning rate 2.50e−04");
  }

  @Test
  void refusesPartsThatDontFit() {
    assertThatThrownBy(
            () ->
                new TuningPage(
                    "Tuning",
                    "small",
                    Map.of(),
                    new double[2],
                    new double[2],
                    new double[1],
                    new int[2],
                    List.of()))
        .hasMessageContaining("gradientNorms");
  }
}
