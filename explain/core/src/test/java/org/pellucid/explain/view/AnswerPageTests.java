package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.explain.view.AnswerPage.Piece;
import org.pellucid.explain.view.AnswerPage.Span;

/** Reads the page of an answer in a real browser. */
class AnswerPageTests {
  private static final AnswerPage PAGE =
      new AnswerPage(
          "An answer",
          "tiny",
          List.of(new Piece("who", 0, true, 0.25), new Piece("?", 3, true, 0)),
          List.of(
              new Piece("<script>", 0, true, -2),
              new Piece(" ", 8, false, 0),
              new Piece("😀cats", 9, true, 4),
              new Piece(" end", 15, false, 0)),
          List.of(new Span("😀cats", 9, 15, 3, 0.75), new Span("cats", 11, 15, 2, 0.125)),
          0.0625,
          0.01,
          2.24,
          List.of("A note."));

  @TempDir Path directory;

  private Browser browser;

  @BeforeEach
  void findBrowser() {
    browser = Browser.find();
  }

  private String rendered(String state, String script) throws Exception {
    var html = browser.render(PAGE, state, script, directory);
    return html.substring(html.indexOf("<main"), html.indexOf("</main>"));
  }

  @Test
  void coloursTheWordsAndUnderlinesTheAnswer() throws Exception {
    var html = rendered("", "");
    assertThat(html).contains("<h2 dir=\"auto\">who?</h2>", "A note.");
    assertThat(html).contains("var(--for) 100%, transparent", "aria-label=\"😀cats: 4.00\"");
    assertThat(html).contains("var(--against) 50%, transparent", "&lt;script&gt;");
    assertThat(html).contains("<u>😀cats</u>", "75&nbsp;%", "13&nbsp;%", "6.3&nbsp;%", "9–15");
    assertThat(html).contains("sum to 2.24", "but for 0.0100");
  }

  @Test
  void showsAnotherAnswerWhenItIsChosen() throws Exception {
    assertThat(rendered("", "document.querySelectorAll('.answers button')[1].click();"))
        .contains("😀<u>cats</u>");
    assertThat(rendered("answer=1", "")).contains("😀<u>cats</u>");
  }
}
