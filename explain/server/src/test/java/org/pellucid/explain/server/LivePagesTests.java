package org.pellucid.explain.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.explain.text.TextAttention;
import org.pellucid.explain.text.TextExplanations;
import org.pellucid.models.bert.answer.AnswerSettings;
import org.pellucid.models.bert.answer.QuestionAnswering;
import org.pellucid.models.zoo.BertModels;
import org.pellucid.models.zoo.ImageClassifier;

/** Works on the live pages in a real browser. */
class LivePagesTests {
  @TempDir private static Path directory;
  private static TinyServer tiny;
  private static Optional<LiveBrowser> started;
  private LiveBrowser browser;

  @BeforeAll
  static void start() throws Exception {
    tiny = new TinyServer(directory);
    started = LiveBrowser.start();
  }

  @AfterAll
  static void stop() throws IOException {
    if (started.isPresent()) {
      started.get().close();
    }
    tiny.close();
  }

  // Before each test, so that the build counts every one that is skipped.
  @BeforeEach
  void findBrowser() {
    assumeTrue(
        started.isPresent(), "no Chromium on the PATH; the pages are not tried in a browser");
    browser = started.get();
  }

  private void openPage(String path) throws Exception {
    browser.open(tiny.server().address() + path);
    browser.await("document.querySelector('#page h1')");
  }

  /** The likeliest tokens at the masked position, as the library finds them. */
  private static List<TextAttention.Candidate> expected(String model, String text, int position)
      throws Exception {
    try (var loaded = BertModels.open(directory.resolve(model).toString(), _ -> {})) {
      return new TextExplanations(Engine.standard(), loaded)
          .attention(loaded.tokenizer().encode(text), position)
          .predictions()
          .get(position);
    }
  }

  @Test
  void computesAttentionAnewForAnotherTextAnotherMaskAndAnotherModel() throws Exception {
    openPage("text/attention");
    browser.await("document.querySelector('#page').dataset.ready");
    browser.value("window.opened = true");
    browser.value(
        """
        (() => {
          const box = document.querySelector('textarea[aria-label="text"]');
          box.value = 'she was the nurse';
          box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true}));
        })()\
        """);
    browser.await("document.querySelector('[aria-label=\"from nurse, position 4\"]')");
    // The masked word of the first text stays masked.
    browser.await("document.querySelector('[aria-label=\"from [MASK], position 1\"]')");
    assertPredicted(expected("tiny", "she was the nurse", 1));
    doubleClickToken(1);
    browser.await("document.querySelector('[aria-label=\"from she, position 1\"]')");
    doubleClickToken(4);
    browser.await("document.querySelector('[aria-label=\"from [MASK], position 4\"]')");
    assertPredicted(expected("tiny", "she was the nurse", 4));
    browser.value(
        """
        (() => {
          const model = document.querySelector('select[aria-label="model"]');
          model.value = 'other';
          model.dispatchEvent(new Event('change', {bubbles: true}));
        })()\
        """);
    browser.await("document.querySelector('header.top p').textContent.startsWith('other')");
    browser.await("document.querySelector('[aria-label=\"from [MASK], position 4\"]')");
    assertPredicted(expected("other", "she was the nurse", 4));
    assertThat(browser.value("window.opened").asBoolean()).as("it is the same page").isTrue();
  }

  private void doubleClickToken(int position) throws Exception {
    browser.value(
        "[1, 2].forEach(() => document.querySelector('[data-side=\"0\"][data-index=\"%d\"]').click())"
            .formatted(position));
  }

  /** Percentages have at least one decimal. */
  private void assertPredicted(List<TextAttention.Candidate> expected) throws Exception {
    var rows =
        browser.value(
            "[...document.querySelectorAll('.cards .card tr')].map((row) => row.innerText)");
    assertThat(rows.size()).isGreaterThanOrEqualTo(3);
    for (var i = 0; i < 3; i++) {
      var words = rows.get(i).asText().strip().split("[\\s\u00a0%]+");
      assertThat(words[0]).isEqualTo(expected.get(i).token());
      assertThat(Double.parseDouble(words[1]))
          .isCloseTo(100 * expected.get(i).probability(), within(0.05));
    }
  }

  @Test
  void answersAnotherQuestion() throws Exception {
    var question = "Who is a wolf?";
    var context = "Emily is a wolf. Sheep are afraid of wolves.";
    String expected;
    try (var loaded = BertModels.open(directory.resolve("tiny").toString(), _ -> {})) {
      expected =
          new QuestionAnswering(Engine.standard(), loaded.model(), loaded.tokenizer())
              .answer(question, context, AnswerSettings.standard())
              .prediction();
    }
    openPage("text/ask");
    browser.value(
        """
        (() => {
          document.querySelector('[aria-label="Question"]').value = '%s';
          document.querySelector('[aria-label="Context"]').value = '%s';
          document.querySelector('form.live button').click();
        })()\
        """
            .formatted(question, context));
    browser.await("document.querySelector('#page').innerText.includes('Who is a wolf?')");
    var answers =
        browser.value(
            "[...document.querySelectorAll('.answers button')].map((b) => b.textContent)");
    assertThat(answers.get(0).asText()).isEqualTo(expected);
    assertThat(browser.value("document.querySelector('.text u').textContent").asText())
        .isNotEmpty();
  }

  @Test
  void tellsWhatTheServerRefuses() throws Exception {
    openPage("text/attention");
    browser.await("document.querySelector('#page').dataset.ready");
    browser.value(
        """
        (() => {
          const box = document.querySelector('textarea[aria-label="text"]');
          box.value = 'she '.repeat(200);
          box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true}));
        })()\
        """);
    browser.await("document.querySelector('.status').textContent.includes('202')");
  }

  @Test
  void opensEveryPageWithItsScriptsAllowed() throws Exception {
    openPage("");
    var links =
        browser.value("[...document.querySelectorAll('#page .cards a')].map((a) => a.href)");
    assertThat(links.size())
        .isEqualTo(
            1 + TextRoutes.TOPICS.stream().filter(t -> t.view() == TextTopic.View.PAGE).count());
    for (var link : links) {
      browser.open(link.asText());
      browser.await("document.querySelector('#page h1') && document.querySelector('#page .card')");
    }
    browser.open(tiny.server().address() + "text/attention?text=a&nobody=1");
    browser.await("document.body.innerText.includes('There is no field nobody')");
  }

  @Test
  void takesAPictureAndExplainsIt() throws Exception {
    var picture = directory.resolve("egg.jpg");
    try (var stream =
        ImageClassifier.class.getResourceAsStream("/org/pellucid/examples/samples/3_5.jpg")) {
      Files.write(picture, stream.readAllBytes());
    }
    openPage("image");
    browser.choose("input[type=file]", picture);
    browser.await("document.querySelector('.classes li')");
    var best = browser.value("document.querySelector('.classes li').innerText").asText();
    assertThat(best).contains("Egg").contains("99.1");
    browser.value(
        """
        (() => {
          document.querySelectorAll('input[name=methods]').forEach((box) => { box.checked = box.value === 'saliency'; });
          document.querySelector('button[type=submit]').click();
        })()\
        """);
    browser.await(
        "document.body.innerText.includes('Saliency') && document.querySelector('canvas')");
    assertThat(browser.value("location.pathname").asText()).isEqualTo("/image");
    assertThat(browser.value("document.body.innerText").asText()).contains("Egg");
  }
}
