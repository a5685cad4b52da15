package org.pellucid.explain.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.explain.attribution.Baseline;
import org.pellucid.explain.attribution.IntegratedGradients;
import org.pellucid.explain.evaluation.Values;

/** The words that make a model expect a word in a masked place. */
@Tag("numeric")
class MaskedWordTests {
  @Test
  void attributesAContrastToTheTokens() {
    try (var model = TinyBert.model()) {
      var word =
          MaskedWord.of(
              Engine.standard(), model, TinyBert.tokenizer(), "the cat saw a dog.", "saw");
      assertThat(word.tokens().pieces())
          .containsExactly("[CLS]", "the", "cat", "[MASK]", "a", "dog", ".", "[SEP]");
      var method = IntegratedGradients.steps(300).withBaseline(word.padding());
      var target = word.contrast("saw", "eats");
      var explanation = word.explain(method, target);
      var byToken = MaskedWord.byToken(explanation);
      var padding = ((Baseline.Given) word.padding()).values();
      var difference =
          word.evaluator().score(target, word.embeddings())
              - word.evaluator().score(target, padding);
      // Random weights make a rough path; 300 Gauss-Legendre positions leave under a hundredth.
      assertThat(Arrays.stream(byToken).sum())
          .isCloseTo(difference, within(0.01 * Math.abs(difference)));
      assertThat(byToken[0]).isZero();
      assertThat(padding).isNotEqualTo(word.embeddings());
    }
  }

  @Test
  void namesWhatIsNotThere() {
    try (var model = TinyBert.model()) {
      var tokenizer = TinyBert.tokenizer();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> MaskedWord.of(Engine.standard(), model, tokenizer, "a dog.", "horse"))
          .withMessageContaining("doesn't contain the word horse");
      var word = MaskedWord.of(Engine.standard(), model, tokenizer, "a dog.", "dog");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> word.target("horse"))
          .withMessageContaining("no piece horse");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> word.evaluator().outputs(Values.of(new float[3], 3)))
          .withMessageContaining("the model takes [5, 12]");
    }
  }
}
