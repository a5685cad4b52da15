package org.pellucid.explain.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.explain.search.AttendedSentences.Match;
import org.pellucid.models.zoo.BertModels;

@Tag("numeric")
class AttendedSentencesTests {
  /** More sentences of each of four lengths than a batch holds. */
  private static final int SENTENCES = 600;

  private final BertModels.Loaded tiny = TinyBert.open(0);
  private final AttendedSentences attended =
      new AttendedSentences(Engine.standard(), tiny.model(), 1, List.of(0, 2));

  @AfterEach
  void close() {
    tiny.close();
  }

  private List<Match> matches() {
    var random = new Random(0);
    var words = List.of("the", "cat", "saw", "dog", "house", ".", "?", "b", "c", "z");
    var matches = new ArrayList<Match>();
    for (var i = 0; i < SENTENCES; i++) {
      var text =
          random
              .ints(6 + random.nextInt(4), 0, words.size())
              .mapToObj(words::get)
              .collect(Collectors.joining(" "));
      var tokens = tiny.tokenizer().encode(text);
      matches.add(new Match(tokens, 1 + i % 6, 0.5, i, _ -> "NOUN"));
      // Every third sentence has another match.
      if (i % 3 == 0) {
        matches.add(new Match(tokens, 5, 0.25, i, _ -> "NOUN"));
      }
    }
    return matches;
  }

  @Test
  void givesAHitTheSameBitsInAnyBatch() {
    var matches = matches();
    assertThat(attended.hits(matches))
        .containsExactlyElementsOf(
            matches.stream().map(match -> attended.hits(List.of(match)).getFirst()).toList());
  }

  @Test
  void stopsWhenItsThreadIsInterrupted() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> attended.hits(matches())).isInstanceOf(CancellationException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
