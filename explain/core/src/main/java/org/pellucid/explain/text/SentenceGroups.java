package org.pellucid.explain.text;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The groups of compared sentences, such as the meanings of their word.
 *
 * @param names of the groups
 * @param numbers each compared sentence's group, from 0
 * @param given whether somebody gave them; otherwise they were found by clustering
 */
public record SentenceGroups(List<String> names, int[] numbers, boolean given) {
  /** Copies the list. */
  public SentenceGroups {
    names = List.copyOf(names);
  }

  /**
   * Groups by a label for each sentence; equal labels are one group, in the order of their first
   * sentence.
   *
   * @param labels one for each sentence, blank ones and such that can't be compared too
   * @throws IllegalArgumentException if there is another number of labels than of sentences
   */
  static SentenceGroups given(List<String> labels, WordDistances distances) {
    var sentences = distances.sentences().size();
    check(
        labels.size() == sentences,
        "There are %d groups for %d sentences; give one for each line",
        labels.size(),
        sentences);
    var numbers = new LinkedHashMap<String, Integer>();
    var each =
        distances.rows().stream()
            .mapToInt(row -> numbers.computeIfAbsent(labels.get(row).strip(), _ -> numbers.size()))
            .toArray();
    return new SentenceGroups(List.copyOf(numbers.keySet()), each, true);
  }

  /** Groups that clustering found, named by letters. */
  static SentenceGroups found(int... numbers) {
    var names = new ArrayList<String>();
    var count = IntStream.of(numbers).max().orElse(0) + 1;
    for (var group = 0; group < count; group++) {
      names.add(String.valueOf((char) ('A' + group)));
    }
    return new SentenceGroups(names, numbers, false);
  }
}
